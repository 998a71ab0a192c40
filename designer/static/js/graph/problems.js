// Problems as the server places them, found by where they are shown.

/**
 * @typedef {object} Placed
 * @property {string} code
 * @property {string[]} where
 * @property {string} what
 * @property {string} do
 * @property {string|null} node
 * @property {string|null} wire
 * @property {(string|number)[]} path inside the node
 * @property {number|null} position in an expression's text
 * @property {string|null} test
 */

/** @param {Placed[]} problems @returns {Map<string, Placed[]>} by slug */
export const byNode = (problems) => grouped(problems, "node");

/** @param {Placed[]} problems @returns {Map<string, Placed[]>} by the wire's text */
export const byWire = (problems) => grouped(problems, "wire");

/** Those at a place in a node and further inside of it. @param {Placed[]} problems @param {string} slug @param {(string|number)[]} path such as ["params", "when"] */
export const atPath = (problems, slug, path) => problems.filter((one) => one.node === slug && beginsWith(one.path, path));

/** Those that mean exactly this place: for a list, say, whose items show their own. @param {Placed[]} problems @param {string} slug @param {(string|number)[]} path */
export const exactlyAt = (problems, slug, path) => atPath(problems, slug, path).filter((one) => one.path.length === path.length);

const beginsWith = (path, start) => start.every((step, n) => n < path.length && String(path[n]) === String(step));

function grouped(problems, key) {
  const found = new Map();
  for (const problem of problems) {
    const name = problem[key] ?? null;
    if (name === null) continue;
    if (!found.has(name)) found.set(name, []);
    found.get(name).push(problem);
  }
  return found;
}
