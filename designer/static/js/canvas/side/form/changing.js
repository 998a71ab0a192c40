// How a form changes what it shows: the value at a path, with whatever must be there first.
import { cleared, settled, withValue } from "../../../form/values.js";
import { fieldAt } from "../text/placing.js";

/** @typedef {(string|number)[]} Path */

/**
 * @param {object[]} fields of the form
 * @param {Record<string, unknown>} values
 * @param {Path} path
 * @param {unknown} value undefined: emptied. An item of a list and an entry of a map stay, as empty text
 */
export function withChange(fields, values, path, value) {
  const field = fieldAt(fields, path);
  const ready = withDefaults(fields, values, path);
  if (!field.name) return withValue(ready, path, value === undefined ? "" : value);
  return withValue(ready, path, value === undefined ? cleared(field) : value, field);
}

/** Writes down the defaults that lie above a path, for something in them is about to change. @param {object[]} fields @param {Record<string, unknown>} values @param {Path} path */
export const withDefaults = (fields, values, path) =>
  path.slice(0, -1).reduce((now, _, n) => settled(now, path.slice(0, n + 1), fieldAt(fields, path.slice(0, n + 1))), values);
