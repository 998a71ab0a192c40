// Short messages that say what happened; bad news stay until they are closed.
const SECONDS = 5;
let last = 0;

/**
 * @param {object} editor
 * @param {"ok"|"warn"|"err"|"run"} tone
 * @param {string} text
 * @param {{label: string, run: () => void}[]} [actions]
 * @param {string} [about] takes the place of what was told about the same before
 */
export function tell(editor, tone, text, actions = [], about) {
  const id = ++last;
  const others = editor.get().notices.filter((one) => one.text !== text && (about === undefined || one.about !== about)).slice(-2);
  editor.set({ notices: [...others, { id, tone, text, actions, about }] });
  if (tone !== "err" && !actions.length) setTimeout(() => dismiss(editor, id), SECONDS * 1000);
  return id;
}

/** What was told about something holds no longer. @param {string} about */
export function withdraw(editor, about) {
  const left = editor.get().notices.filter((one) => one.about !== about);
  if (left.length < editor.get().notices.length) editor.set({ notices: left });
}

export function dismiss(editor, id) {
  editor.set({ notices: editor.get().notices.filter((one) => one.id !== id) });
}
