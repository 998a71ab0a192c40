// The editor for every part of the page.
import { createContext, useContext, useSyncExternalStore } from "./react.js";

export const EditorContext = createContext(null);

/** The store itself, for actions. */
export const useEditor = () => useContext(EditorContext);

/**
 * What `pick` takes of the state; the part is drawn again when that changes. `pick` must give the same object for the same state.
 * @template T
 * @param {(state: object) => T} pick
 * @returns {T}
 */
export function usePicked(pick) {
  const editor = useEditor();
  return useSyncExternalStore(editor.subscribe, () => pick(editor.get()));
}
