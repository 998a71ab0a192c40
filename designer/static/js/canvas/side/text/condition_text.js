// A condition from three choices: a field, how to compare, and with what. What comes out is plain CEL.
import { isSet, through } from "./field_access.js";

export const OPERATORS = ["==", "!=", ">", ">=", "<", "<=", "contains", "in", "set"];

const NUMBER = /^-?\d+(\.\d+)?$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/**
 * @param {{path: string, operator: string, value?: string, kind?: "money"|"time"|"number"|"boolean"|"text"}} choice
 *   `kind`: what the field holds; without it the value's look decides
 * @returns {string|null} null: something is still missing
 */
export function conditionText({ path, operator, value = "", kind }) {
  if (!path.trim() || (operator !== "set" && !value.trim())) return null;
  return through(path.trim(), { call: "exists", use: (access) => test(access, operator, value.trim(), kind) });
}

function test(access, operator, value, kind) {
  if (operator === "set") return isSet(access);
  if (operator === "contains") return `${access}.contains(${JSON.stringify(value)})`;
  const left = converted(access, kind);
  if (operator === "in") return `${left} in [${partsOf(value).map((part) => literal(part, kind, false)).join(", ")}]`;
  return `${left} ${operator} ${literal(value, kind, operator !== "==" && operator !== "!=")}`;
}

const converted = (access, kind) => (kind === "money" ? `money(${access})` : kind === "time" ? `timestamp(${access})` : access);

/** `ordering`: by size, which for a value that looks like a number must not go letter by letter. */
function literal(value, kind, ordering) {
  if (kind === "money") return `money(${JSON.stringify(value.replace(/[,，\s]/g, ""))})`;
  if (kind === "time") return `timestamp(${JSON.stringify(DAY.test(value) ? `${value}T00:00:00Z` : value)})`;
  if ((kind === "boolean" || kind === undefined) && /^(true|false)$/.test(value)) return value;
  if (NUMBER.test(value) && (kind === "number" || (kind === undefined && ordering))) return value;
  return JSON.stringify(value);
}

const partsOf = (value) => value.split(/[,，、\n]/).map((part) => part.trim()).filter(Boolean);
