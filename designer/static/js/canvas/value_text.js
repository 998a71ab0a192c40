// A value of JSON on one line.
import { isNumber, numberText, writeJson } from "../graph/json.js";

const LONGEST = 240;

/** @param {unknown} value @returns {string} as it would stand in JSON, shortened where it is very long */
export function valueText(value) {
  const text = typeof value === "string" ? value : isNumber(value) ? numberText(value) : (writeJson(value) ?? "").replace(/\s*\n\s*/g, " ");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
