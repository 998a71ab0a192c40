// Title and description of the flow itself.

/** @param {object} doc @param {"title"|"description"} part @param {string} language @param {string} text empty: none in that language */
export function withText(doc, part, language, text) {
  const { [language]: _, ...others } = doc[part] ?? {};
  const texts = text.trim() ? { ...doc[part], [language]: text } : others;
  const { [part]: __, ...rest } = doc;
  return Object.keys(texts).length ? { ...doc, [part]: texts } : rest;
}
