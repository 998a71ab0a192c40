// Whether the page is as narrow as a phone: the style sheet has the same width.
import { useSyncExternalStore } from "./react.js";

const narrow = () => matchMedia("(max-width: 640px)");

export const isNarrow = () => narrow().matches;

export const useNarrow = () => useSyncExternalStore(watched, isNarrow);

function watched(changed) {
  const media = narrow();
  media.addEventListener("change", changed);
  return () => media.removeEventListener("change", changed);
}
