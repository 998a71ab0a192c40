// Moves the focus to what a change brings, once it is there.
import { useLayoutEffect, useRef } from "../../react.js";

/** @returns {[object, (selector: string) => void]} a ref of the box, and what to focus in it after the next drawing */
export function useFocusNext() {
  const box = useRef(null);
  const wanted = useRef(null);
  useLayoutEffect(() => {
    if (!wanted.current) return;
    const found = box.current?.querySelector(wanted.current);
    wanted.current = null;
    found?.focus();
  });
  return [box, (selector) => (wanted.current = selector)];
}
