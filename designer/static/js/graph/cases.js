// The cases of a switch: when they change places or go, the wires of their ports follow.
import { hasNode, nodesIn, wireTexts } from "./document.js";
import { parseWire, wireText } from "./wires.js";

const CASE = /^case_(\d+)$/;

/** Whether ports of a node stand for the items of a parameter. @param {import("./document.js").Doc} doc @param {string} slug @param {string} name of the parameter */
export const hasCasePorts = (doc, slug, name) => name === "cases" && hasNode(doc, slug) && String(nodesIn(doc)[slug].use).startsWith("rule.switch@");

/**
 * @param {import("./document.js").Doc} doc @param {string} slug
 * @param {(position: number) => number|null} to the new position of each case, from 0; null: it is gone, and its wires with it
 * @returns {import("./document.js").Doc} the same one where no wire changes
 */
export function followCases(doc, slug, to) {
  const before = wireTexts(doc);
  const wires = before.flatMap((text) => followed(text, slug, to));
  return wires.length === before.length && wires.every((text, n) => text === before[n]) ? doc : { ...doc, wires };
}

function followed(text, slug, to) {
  const link = parseWire(text);
  const found = link?.source === slug ? CASE.exec(link.port) : null;
  if (!found) return [text];
  const next = to(Number(found[1]) - 1);
  return next === null ? [] : [wireText({ ...link, port: `case_${next + 1}` })];
}
