// Problems of the flow itself by the field that shows them.
import { homeOf, keyOf } from "../text/placing.js";

/**
 * @param {object[]} problems of the whole document @param {object[]} fields of the flow
 * @returns {Map<string, object[]>} by `keyOf` the path of the field; under "" those of the flow that no field shows
 */
export function homesOf(problems, fields) {
  const found = new Map();
  for (const problem of problems) {
    if ([problem.node, problem.wire, problem.test].some((place) => (place ?? null) !== null)) continue;
    const home = problem.path?.length ? homeOf(fields, problem.path) : null;
    const key = home ? keyOf(home) : "";
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(problem);
  }
  return found;
}
