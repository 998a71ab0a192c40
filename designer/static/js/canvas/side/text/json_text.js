// Any value as text, so that a plain word needs no quotes: JSON where it can be read as such, else the text itself.
import { readJson, writeJson } from "../../../graph/json.js";

/** `"true"` → true, `"high"` → "high", `""` → undefined. @param {string} text */
export function valueIn(text) {
  const read = parsed(text);
  return text.trim() ? (read === undefined ? text : read) : undefined;
}

/** The text that `valueIn` reads as this value. @param {unknown} value */
export function textOf(value) {
  if (value === undefined) return "";
  return typeof value === "string" && value.trim() && parsed(value) === undefined ? value : writeJson(value).trimEnd();
}

function parsed(text) {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}
