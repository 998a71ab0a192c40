// Nodes go, with all that speaks of them.
import { entriesIn, filtered, hasNode, isObject, layoutIn, testsIn, wireTexts } from "./document.js";
import { parseWire } from "./wires.js";

/** @typedef {import("./document.js").Doc} Doc */

/** @param {Doc} doc @param {Iterable<string>} slugs @returns {Doc} */
export const removeNodes = (doc, slugs) => removeNodesAndTests(doc, slugs).doc;

/**
 * Removes nodes, their wires, places and membership of groups, and what tests answer for them or expect of them. A test goes with
 * its trigger, and when nothing is left that it expects.
 * @param {Doc} doc @param {Iterable<string>} slugs
 * @returns {{doc: Doc, removedTests: string[]}} `removedTests`: names
 */
export function removeNodesAndTests(doc, slugs) {
  const gone = new Set([...slugs].filter((slug) => hasNode(doc, slug)));
  if (!gone.size) return { doc, removedTests: [] };
  const stays = (slug) => !gone.has(slug);
  const tests = testsIn(doc).map((test) => withoutNodes(test, stays));
  const next = { ...doc, nodes: filtered(entriesIn(doc), stays), layout: filtered(layoutIn(doc), stays) };
  if (Array.isArray(doc.wires ?? [])) next.wires = wireTexts(doc).filter((text) => !touches(parseWire(text), gone));
  if (Array.isArray(doc.groups)) next.groups = doc.groups.map((group) => withoutMembers(group, stays)).filter((group) => group !== GONE);
  if (Array.isArray(doc.tests)) next.tests = tests.filter((test) => test !== GONE);
  return { doc: next, removedTests: testsIn(doc).filter((_, n) => tests[n] === GONE).map(({ name }) => name) };
}

/** Nothing is left of it. */
const GONE = Symbol("gone");

const listIn = (value) => (Array.isArray(value) ? value : []);

const touches = (link, gone) => link !== null && (gone.has(link.source) || gone.has(link.target));

function withoutMembers(group, stays) {
  const members = listIn(group?.nodes);
  const left = members.filter(stays);
  if (left.length === members.length) return group;
  return left.length ? { ...group, nodes: left } : GONE;
}

function withoutNodes(test, stays) {
  if (!isObject(test)) return test;
  if (!stays(test.trigger)) return GONE;
  const next = { ...test };
  for (const part of ["answers", "expect"]) {
    if (!isObject(test[part]) || Object.keys(test[part]).every(stays)) continue;
    next[part] = filtered(test[part], stays);
    if (Object.keys(next[part]).length) continue;
    if (part === "expect") return GONE;
    delete next[part];
  }
  return next;
}
