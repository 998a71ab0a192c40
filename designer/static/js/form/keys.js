// Entries of a map come, go and get other keys; each keeps its place.
import { emptyValue, shownAt, withValue } from "./values.js";

/** @typedef {import("./fields.js").Field} Field @typedef {(string|number)[]} Path */

/** @param {any} params @param {Path} path of the map @param {string} key @param {Field} field the map's @returns {any} the same where the key is there */
export function addKey(params, path, key, field) {
  const map = mapAt(params, path, field);
  return Object.hasOwn(map, key) ? params : withValue(params, path, { ...map, [key]: emptyValue(field.keyed) });
}

/** @param {any} params @param {Path} path of the map @param {string} key @param {Field} [field] the map's */
export function removeKey(params, path, key, field) {
  const { [key]: _, ...others } = mapAt(params, path, field);
  return withValue(params, path, others, field);
}

/** @param {any} params @param {Path} path of the map @param {string} from @param {string} to @param {Field} [field] the map's @returns {any} the same where `to` is there */
export function renameKey(params, path, from, to, field) {
  const map = mapAt(params, path, field);
  if (from === to || Object.hasOwn(map, to) || !Object.hasOwn(map, from)) return params;
  return withValue(params, path, Object.fromEntries(Object.entries(map).map(([key, value]) => [key === from ? to : key, value])), field);
}

const mapAt = (params, path, field) => shownAt(params, path, field ?? {}) ?? {};
