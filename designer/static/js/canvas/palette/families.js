// Families of node types in the order of work.
import { say } from "../../texts.js";
import { own } from "../../graph/own.js";

const FAMILIES = {
  connector: () => say("Connectors"),
  transform: () => say("Transform"),
  rule: () => say("Rules"),
  notify: () => say("Notify"),
  flow: () => say("Flow control"),
  task: () => say("Tasks"),
};

export const familyLabel = (family) => own(FAMILIES, family)?.() ?? family;

/** The newest version of each type, triggers first. @param {object[]} types */
export function familiesOf(types) {
  const newest = new Map();
  for (const type of types) if (!(newest.get(type.name)?.version > type.version)) newest.set(type.name, type);
  const sorted = [...newest.values()].sort((a, b) => (b.kind === "trigger") - (a.kind === "trigger") || a.label.localeCompare(b.label));
  const names = [...new Set([...Object.keys(FAMILIES), ...sorted.map((type) => type.family)])];
  return names
    .map((family) => ({ family, label: familyLabel(family), types: sorted.filter((type) => type.family === family) }))
    .filter(({ types: members }) => members.length);
}

/** Those that a search finds, by family: what is called so comes first, what only speaks of it last. @param {object[]} types @param {string} text */
export function sought(types, text) {
  const all = familiesOf(types.filter((type) => found(type, text)));
  const wanted = text.trim().toLowerCase();
  if (!wanted) return all;
  const nearest = (one, other) => nearness(one, wanted) - nearness(other, wanted);
  const sorted = all.map((family) => ({ ...family, types: family.types.toSorted(nearest) }));
  return sorted.sort((one, other) => nearest(one.types[0], other.types[0]));
}

/** Whether every word of a search is in label, name or help. */
function found(type, text) {
  const all = `${type.label} ${type.name} ${type.help}`.toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => all.includes(word));
}

function nearness(type, wanted) {
  const label = type.label.toLowerCase();
  if (label === wanted) return 0;
  if (label.startsWith(wanted)) return 1;
  return label.includes(wanted) || type.name.includes(wanted.replaceAll(" ", "_")) ? 2 : 3;
}
