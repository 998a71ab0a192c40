// Undo and redo: the documents that were, each with the label of what was done to it.

const BURST = 1500;
const LIMIT = 500;

/**
 * @typedef {import("./document.js").Doc} Doc
 * @typedef {{doc: Doc, label: string}} Done what the document was before, and what was done then
 * @typedef {{present: Doc, past: Done[], future: Done[], burst: {merge: string, at: number}|null}} History
 */

/** @param {Doc} doc @returns {History} */
export const start = (doc) => ({ present: doc, past: [], future: [], burst: null });

/**
 * @param {History} history @param {Doc} doc
 * @param {{label: string, merge?: string, at?: number}} edit Edits with the same `merge`, none more than 1.5 s (`at`, in ms) after the
 * one before it, are undone together.
 * @returns {History} the same one where the document is
 */
export function commit(history, doc, { label, merge, at = Date.now() }) {
  if (doc === history.present) return history;
  const burst = merge === undefined ? null : { merge, at };
  const goesOn = burst !== null && history.burst?.merge === merge && at - history.burst.at <= BURST;
  const past = goesOn ? history.past : [...history.past.slice(1 - LIMIT), { doc: history.present, label }];
  return { present: doc, past, future: [], burst };
}

/** @param {History} history @returns {History} the same one where nothing was done */
export function undo(history) {
  if (!history.past.length) return history;
  const { doc, label } = history.past.at(-1);
  return { present: doc, past: history.past.slice(0, -1), future: [{ doc: history.present, label }, ...history.future], burst: null };
}

/** @param {History} history @returns {History} the same one where nothing was undone */
export function redo(history) {
  if (!history.future.length) return history;
  const [{ doc, label }, ...future] = history.future;
  return { present: doc, past: [...history.past, { doc: history.present, label }], future, burst: null };
}

/** @param {History} history @returns {string|null} the label of what would be undone */
export const canUndo = ({ past }) => past.at(-1)?.label ?? null;

/** @param {History} history @returns {string|null} the label of what would be done again */
export const canRedo = ({ future }) => future[0]?.label ?? null;
