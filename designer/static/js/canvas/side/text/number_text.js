// A number as it is typed. What is no number yet stays the text that it is, for the check to name.
import { readJson } from "../../../graph/json.js";

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** `"12"` → 12, `""` → undefined, `"5."` → `"5."`; numbers that a double cannot hold stay exact. @param {string} text */
export function numberIn(text) {
  const trimmed = text.trim();
  if (!trimmed) return undefined;
  return NUMBER.test(trimmed) ? readJson(trimmed) : text;
}
