// Which field of a form shows a problem: the innermost one that is drawn.

/** @typedef {(string|number)[]} Path */

/** @param {Path} path */
export const keyOf = (path) => path.join("/");

/**
 * The part of a path that leads to a field of the form; null: to none.
 * @param {object[]} fields as `fieldsOf` gives them
 * @param {Path} path inside of what the form shows
 * @returns {Path|null}
 */
export function homeOf(fields, path) {
  const field = fields.find(({ name }) => name === String(path[0]));
  return field ? [path[0], ...inside(field, path.slice(1))] : null;
}

/** The field at a path, with its ancestors' kinds in mind; null: none. @param {object[]} fields @param {Path} path */
export function fieldAt(fields, path) {
  const [name, ...rest] = path;
  let field = fields.find((one) => one.name === String(name)) ?? null;
  for (const step of rest) field = field && innerOf(field, step);
  return field;
}

/**
 * Problems by the field that shows them (`keyOf` its path); under "" those that no field does.
 * @param {object[]} problems of one node
 * @param {object[]} fields
 * @param {string} root "params" or "policy"
 * @returns {Map<string, object[]>}
 */
export function atHome(problems, fields, root) {
  const found = new Map();
  for (const problem of problems) {
    const home = problem.path[0] === root ? homeOf(fields, problem.path.slice(1)) : null;
    const key = home ? keyOf(home) : "";
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(problem);
  }
  return found;
}

function inside(field, rest) {
  if (!rest.length) return [];
  const inner = innerOf(field, rest[0]);
  return inner ? [rest[0], ...inside(inner, rest.slice(1))] : [];
}

function innerOf(field, step) {
  if (field.kind === "object") return field.fields?.find(({ name }) => name === String(step)) ?? null;
  if (field.kind === "list") return field.item ?? null;
  return field.kind === "map" ? (field.keyed ?? null) : null;
}
