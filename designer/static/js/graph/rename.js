// A node gets another slug, and all that speaks of it follows.
import { entriesIn, hasNode, isObject, layoutIn, withLayout } from "./document.js";
import { isSlug } from "./slugs.js";
import { parseWire, wireText } from "./wires.js";

/** @typedef {import("./document.js").Doc} Doc */

/** @param {Doc} doc @param {string} from @param {string} to @returns {Doc} the same one where `to` is taken or no slug */
export function renameNode(doc, from, to) {
  if (!hasNode(doc, from) || Object.hasOwn(entriesIn(doc), to) || !isSlug(to)) return doc;
  const name = (slug) => (slug === from ? to : slug);
  const { [to]: _, ...layout } = layoutIn(doc);
  const next = { ...doc, nodes: withKeys(entriesIn(doc), name) };
  if (Array.isArray(doc.wires)) next.wires = doc.wires.map((text) => renamedWire(text, name));
  if (Array.isArray(doc.groups)) next.groups = doc.groups.map((group) => renamedGroup(group, from, name));
  if (Array.isArray(doc.tests)) next.tests = doc.tests.map((test) => renamedTest(test, from, name));
  return doc.layout ? withLayout(next, withKeys(layout, name)) : next;
}

const withKeys = (object, name) => Object.fromEntries(Object.entries(object).map(([key, value]) => [name(key), value]));

function renamedWire(text, name) {
  const link = parseWire(text);
  if (!link) return text;
  const next = { ...link, source: name(link.source), target: name(link.target) };
  return next.source === link.source && next.target === link.target ? text : wireText(next);
}

const renamedGroup = (group, from, name) =>
  Array.isArray(group?.nodes) && group.nodes.includes(from) ? { ...group, nodes: group.nodes.map(name) } : group;

function renamedTest(test, from, name) {
  if (!isObject(test)) return test;
  const parts = ["answers", "expect"].filter((part) => isObject(test[part]) && Object.hasOwn(test[part], from));
  if (test.trigger !== from && !parts.length) return test;
  return { ...test, trigger: name(test.trigger), ...Object.fromEntries(parts.map((part) => [part, withKeys(test[part], name)])) };
}
