// Beside its field, a problem calls it as its label does.

/** @template {{what: string, do: string}} T @param {T} problem @param {{name: string, title: string}} field @returns {T} */
export function byTitle(problem, { name, title }) {
  if (!name || !title) return problem;
  const called = (text) => text?.replaceAll(`“${name}”`, `“${title}”`).replaceAll(`"${name}"`, `"${title}"`);
  return { ...problem, what: called(problem.what), do: called(problem.do) };
}
