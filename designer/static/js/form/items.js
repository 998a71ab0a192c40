// Items of a list come, go and change places. A list that was not written down begins with its default.
import { emptyValue, shownAt, withValue } from "./values.js";

/** @typedef {import("./fields.js").Field} Field @typedef {(string|number)[]} Path */

/** @param {any} params @param {Path} path of the list @param {Field} field the list's */
export const addItem = (params, path, field) => withValue(params, path, [...listAt(params, path, field), emptyValue(field.item)]);

/** @param {any} params @param {Path} path of the list @param {number} index @param {Field} [field] the list's */
export const removeItem = (params, path, index, field) => withValue(params, path, listAt(params, path, field).filter((_, n) => n !== index), field);

/** @param {any} params @param {Path} path of the list @param {number} from @param {number} to @param {Field} [field] the list's @returns {any} the same where there is no such place */
export function moveItem(params, path, from, to, field) {
  const list = [...listAt(params, path, field)];
  if (from === to || !(from in list) || !(to in list)) return params;
  list.splice(to, 0, ...list.splice(from, 1));
  return withValue(params, path, list, field);
}

const listAt = (params, path, field) => shownAt(params, path, field ?? {}) ?? [];
