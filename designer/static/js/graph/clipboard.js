// Nodes are copied as text and pasted, into this flow or another.
import { entriesIn, filtered, hasNode, isObject, layoutIn, nodesIn, slugsIn, withLayout, wireTexts } from "./document.js";
import { readJson, writeJson } from "./json.js";
import { keepPlaces } from "./move.js";
import { tidy } from "./nodes.js";
import { placeOf, places, placeText, ROW } from "./places.js";
import { Room } from "./room.js";
import { heightIn } from "./size.js";
import { freeSlug, isSlug, takenIn } from "./slugs.js";
import { wireText, wiresOf } from "./wires.js";

/** @typedef {import("./document.js").Doc} Doc @typedef {import("./places.js").Place} Place */

/** Nodes and the wires between them, as text. @param {Doc} doc @param {Iterable<string>} slugs @returns {string} */
export function fragmentOf(doc, slugs) {
  const chosen = new Set([...slugs].filter((slug) => hasNode(doc, slug)));
  const now = places(doc);
  return writeJson({
    nodes: filtered(nodesIn(doc), (slug) => chosen.has(slug)),
    wires: wiresOf(doc).filter(({ source, target }) => chosen.has(source) && chosen.has(target)).map(({ text }) => text),
    layout: Object.fromEntries([...chosen].map((slug) => [slug, placeText(now[slug])])),
  });
}

/**
 * @param {Doc} doc @param {string} text from `fragmentOf`, perhaps of another flow
 * @param {Place} [at] for the upper left corner; else near where they were. Either way moved down until nothing lies on top of another.
 * @returns {{doc: Doc, slugs: string[]}|null} null: the text is something else
 */
export function paste(doc, text, at) {
  const fragment = understood(text);
  if (!fragment) return null;
  const names = freshNames(doc, slugsIn(fragment));
  const renamed = (object) => Object.fromEntries(Object.entries(object).map(([slug, value]) => [names.get(slug), value]));
  const nodes = { ...entriesIn(doc), ...renamed(fragment.nodes) };
  const wires = wiresOf(fragment).map((link) => wireText({ ...link, source: names.get(link.source), target: names.get(link.target) }));
  const pasted = withLayout({ ...doc, nodes, wires: [...wireTexts(doc), ...wires] }, { ...layoutIn(doc), ...renamed(landing(doc, fragment, at)) });
  return { doc: keepPlaces(doc, pasted), slugs: [...names.values()] };
}

function understood(text) {
  const value = parsed(text);
  if (!isObject(value) || !isObject(value.nodes) || !Object.keys(value.nodes).length) return null;
  if (!Object.entries(value.nodes).every(([slug, node]) => isSlug(slug) && isNode(node))) return null;
  const nodes = Object.fromEntries(Object.entries(value.nodes).map(([slug, node]) => [slug, knownParts(node)]));
  const doc = { nodes, wires: wireTexts(value), layout: layoutIn(value) };
  const inside = wiresOf(doc).filter(({ source, target }) => hasNode(doc, source) && hasNode(doc, target));
  return { ...doc, wires: inside.map((link) => link.text) };
}

function parsed(text) {
  try {
    return readJson(text);
  } catch {
    return null;
  }
}

const isNode = (node) =>
  isObject(node) && typeof node.use === "string" && ["title", "params", "policy"].every((key) => node[key] === undefined || isObject(node[key]));

const knownParts = ({ use, title, params, policy, disabled }) => tidy({ use, title, params, policy, disabled: disabled === true });

/** @param {Doc} doc @param {string[]} slugs @returns {Map<string, string>} old slug → new slug */
function freshNames(doc, slugs) {
  const taken = takenIn(doc);
  const names = new Map();
  const tried = new Map();
  for (const slug of slugs) {
    names.set(slug, freeSlug(slug, taken, tried));
    taken.add(names.get(slug));
  }
  return names;
}

/** Where the boxes of a fragment come to lie, as layout by their old slugs. */
function landing(doc, fragment, at) {
  const own = Object.entries(places(fragment));
  const corner = { x: least(own.map(([, { x }]) => x)), y: least(own.map(([, { y }]) => y)) };
  const shift = at ? { x: at.x - corner.x, y: at.y - corner.y } : { x: 0, y: 0 };
  const shifted = (down) => own.map(([slug, { x, y }]) => [slug, placeText({ x: x + shift.x, y: y + shift.y + down })]);
  const room = new Room(boxesOf(doc, Object.entries(places(doc))));
  const rows = room.rowsDown(boxesOf(fragment, shifted(0).map(([slug, text]) => [slug, placeOf(text)])));
  return Object.fromEntries(shifted(rows * ROW));
}

const boxesOf = (doc, spots) => spots.map(([slug, place]) => ({ ...place, height: heightIn(doc, slug) }));

const least = (numbers) => numbers.reduce((one, other) => Math.min(one, other));
