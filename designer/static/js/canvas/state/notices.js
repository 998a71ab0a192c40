// Short messages that say what happened; bad news stay until they are closed.
const SECONDS = 5;
let last = 0;

/**
 * @param {object} editor
 * @param {"ok"|"warn"|"err"|"run"} tone
 * @param {string} text
 * @param {{label: string, run: () => void}[]} [actions]
 */
export function tell(editor, tone, text, actions = []) {
  const id = ++last;
  const others = editor.get().notices.filter((one) => one.text !== text).slice(-2);
  editor.set({ notices: [...others, { id, tone, text, actions }] });
  if (tone !== "err" && !actions.length) setTimeout(() => dismiss(editor, id), SECONDS * 1000);
  return id;
}

export function dismiss(editor, id) {
  editor.set({ notices: editor.get().notices.filter((one) => one.id !== id) });
}
