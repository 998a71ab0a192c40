// What the scripts say, in the reader's language: the page embeds the sentences of all `say("…")` in its JSON block `#page`.
let sentences;

/**
 * The sentence for a literal msgid (English), with its `{fields}` filled in: plain text, never HTML.
 * A msgid that the page does not bring is its own sentence.
 * @param {string} msgid
 * @param {Record<string, unknown>} [fields]
 * @returns {string}
 */
export function say(msgid, fields = {}) {
  sentences ??= embedded();
  const sentence = Object.hasOwn(sentences, msgid) ? sentences[msgid] : msgid;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(fields, name) ? String(fields[name]) : whole));
}

/**
 * Takes these sentences in place of the page's; without any, the page is read anew. For tests, which have no page.
 * @param {Record<string, string>} [given]
 */
export function useTexts(given) {
  sentences = given;
}

function embedded() {
  const block = globalThis.document?.getElementById("page");
  return block ? (JSON.parse(block.textContent).texts ?? {}) : {};
}
