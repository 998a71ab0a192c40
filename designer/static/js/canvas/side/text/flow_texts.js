// Title and description of the flow itself.
import { isObject } from "../../../graph/document.js";

/** @param {object} doc @param {"title"|"description"} part @param {string} language @param {string} text empty: none in that language */
export function withText(doc, part, language, text) {
  const before = isObject(doc[part]) ? doc[part] : {};
  const { [language]: _, ...others } = before;
  const texts = text.trim() ? { ...before, [language]: text } : others;
  const { [part]: __, ...rest } = doc;
  return Object.keys(texts).length ? { ...doc, [part]: texts } : rest;
}
