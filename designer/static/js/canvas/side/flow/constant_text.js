// A constant as it is typed, and what it is.
import { isObject } from "../../../graph/document.js";
import { isNumber } from "../../../graph/json.js";
import { textOf } from "../text/json_text.js";

const LINE = 60; // characters

/** The text of a value, on one line where it is short; an empty one for the empty text, where a new constant begins. @param {unknown} value */
export function constantText(value) {
  const text = value === "" ? "" : textOf(value);
  const flat = typeof value === "string" ? text : text.replace(/(?<=[[{])\n\s*|\n\s*(?=[\]}])/g, "").replace(/\n\s*/g, " ");
  return flat.length <= LINE ? flat : text;
}

/** @param {unknown} value @returns {"empty"|"text"|"number"|"boolean"|"list"|"object"|"null"} */
export function constantKind(value) {
  if (value === "") return "empty";
  if (value === null) return "null";
  if (isNumber(value)) return "number";
  if (Array.isArray(value)) return "list";
  return isObject(value) ? "object" : typeof value === "boolean" ? "boolean" : "text";
}
