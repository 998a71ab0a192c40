// Problems by the thing they lie in: nodes first, then wires, tests, and the flow as a whole.

const KINDS = ["node", "wire", "test"];

/** @param {object[]} problems @returns {{kind: "node"|"wire"|"test"|"flow", name: string, problems: object[]}[]} each kind in the order of its first problem */
export function grouped(problems) {
  const groups = new Map();
  for (const problem of problems) {
    const kind = KINDS.find((one) => problem[one] !== null && problem[one] !== undefined) ?? "flow";
    const name = kind === "flow" ? "" : problem[kind];
    const key = `${kind} ${name}`;
    if (!groups.has(key)) groups.set(key, { kind, name, problems: [] });
    groups.get(key).problems.push(problem);
  }
  const order = [...KINDS, "flow"];
  return [...groups.values()].sort((left, right) => order.indexOf(left.kind) - order.indexOf(right.kind));
}
