// Values of a form, changed without changing what was there before. What is default leaves no trace.
import { isObject } from "../graph/document.js";
import { sameValue } from "../graph/canonical.js";

export { addItem, moveItem, removeItem } from "./items.js";
export { addKey, removeKey, renameKey } from "./keys.js";

/** @typedef {import("./fields.js").Field} Field @typedef {(string|number)[]} Path */

/** What stands at a path; undefined: nothing. @param {any} params @param {Path} path */
export const valueAt = (params, path) => path.reduce((value, step) => (holds(value, step) ? value[step] : undefined), params);

/** What counts at a path: the value, else the default. @param {any} params @param {Path} path @param {Field} field */
export function shownAt(params, path, field) {
  const value = valueAt(params, path);
  return value === undefined ? field.default : value;
}

/**
 * @param {any} params @param {Path} path @param {any} value undefined removes it (of a list: the item)
 * @param {Field} [field] the one at the path: a value that says no more than its absence is removed
 */
export function withValue(params, path, value, field) {
  const kept = field && isNoNews(value, field) ? undefined : value;
  return put(params, path, kept);
}

/** Puts the default there where nothing stands: before something inside of it is changed. @param {any} params @param {Path} path @param {Field} field */
export const settled = (params, path, field) =>
  valueAt(params, path) === undefined && field.default !== undefined && field.default !== null ? put(params, path, field.default) : params;

/** What is put where a person empties a field: nothing, or `null` where nothing would mean the default. @param {Field} field */
export const cleared = (field) => (field.nullable && field.default !== null && field.default !== undefined ? null : undefined);

const BEGINNINGS = { boolean: false, list: [], object: {}, map: {}, json: null };

/** What a new item, entry or part begins with. @param {Field} field */
export function emptyValue(field) {
  if (field.default !== undefined && field.default !== null) return field.default;
  if (field.kind === "integer" || field.kind === "number") return Math.min(Math.max(0, field.min ?? 0), field.max ?? Infinity);
  if (field.kind === "connection" || field.kind === "secret") return { [field.kind]: "" };
  if (field.kind === "choice") return field.choices[0].value;
  return field.kind in BEGINNINGS ? BEGINNINGS[field.kind] : "";
}

/** Whether a value says no more than its absence. @param {any} value @param {Field} field */
export function isNoNews(value, field) {
  if (field.required || value === undefined) return value === undefined;
  if (field.default === undefined || field.default === null) return value === null || isBare(value, field);
  return sameValue(value, field.default);
}

/** An empty list or map, where nothing else is the default. */
const isBare = (value, { kind, default: usual }) => usual === undefined && (kind === "list" || kind === "map") && Object.keys(value).length === 0;

const holds = (value, step) => (Array.isArray(value) ? typeof step === "number" && step in value : isObject(value) && Object.hasOwn(value, step));

function put(value, [step, ...rest], last) {
  if (step === undefined) return last;
  const whole = containerFor(value, step);
  if (rest.length && last === undefined && !holds(whole, step)) return value;
  const next = rest.length ? put(whole[step], rest, last) : last;
  if (Array.isArray(whole)) return next === undefined ? whole.filter((_, n) => n !== step) : Object.assign([...whole], { [step]: next });
  const { [step]: _, ...others } = whole;
  return next === undefined ? others : { ...whole, [step]: next };
}

/** What is there, if it can hold such a step; else an empty list or object in its place. */
function containerFor(value, step) {
  if (typeof step === "number") return Array.isArray(value) ? value : [];
  return isObject(value) ? value : {};
}
