// Where an expression cannot be read, as three parts of its text.
const TOKEN = /^(?:[\p{L}\p{N}_]+|[=!<>&|]+|\S)/u;

/** @param {string} text @param {number} position offset; at the end a blank stands for what is missing */
export function markAt(text, position) {
  const at = Math.min(Math.max(position, 0), text.length);
  const marked = TOKEN.exec(text.slice(at))?.[0] ?? "";
  return { before: text.slice(0, at), marked: marked || "\u00a0", after: text.slice(at + marked.length) };
}
