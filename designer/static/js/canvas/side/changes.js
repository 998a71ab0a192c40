// What a node changed on an item: a plain comparison of fields. No DOM.
import { sameValue } from "../../graph/canonical.js";

/**
 * @param {any} before @param {any} after
 * @returns {{marks: Map<string, "new"|"changed">, gone: string[]}} by path ("receiver.phone"; list positions from 0); `gone`: paths that are no longer there.
 *   An item that shares no field with the one before was made anew: nothing is marked then.
 */
export function changesBetween(before, after) {
  const found = { marks: new Map(), gone: [] };
  if (!isObject(before) || !isObject(after)) return found;
  if (!Object.keys(after).some((name) => Object.hasOwn(before, name))) return found;
  compare(before, after, "", found);
  return found;
}

function compare(before, after, path, found) {
  for (const [name, value] of Object.entries(after)) {
    const here = path ? `${path}.${name}` : name;
    if (!Object.hasOwn(before, name)) found.marks.set(here, "new");
    else if (isObject(before[name]) && isObject(value)) compare(before[name], value, here, found);
    else if (!sameValue(before[name], value)) found.marks.set(here, "changed");
  }
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) found.gone.push(path ? `${path}.${name}` : name);
}

const isObject = (value) => value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;
