// The ports of a node, and what leaves by them. Says the same as `engine/flow/lineage.py`.
import { hasNode, nodeIn, nodesIn } from "./document.js";
import { orderOf } from "./order.js";
import { remember } from "./remember.js";
import { ERROR_PORT, wiresOf } from "./wires.js";

export const ANY = "any";
const CASE = /^case_(\d+)$/;

/**
 * @typedef {import("./document.js").Doc} Doc
 * @typedef {{name: string, title: string, type: string}} Port
 * @typedef {Map<string, any>} Types node types by `name@version`, as `GET /api/nodes` gives them
 */

/**
 * The outputs that are shown: those of the type (of a switch, those that its cases have), whatever else a wire uses, and `error` where
 * it is used. `type` is what the wires from it carry.
 * @param {Doc} doc @param {Types} types @param {string} slug @returns {Port[]}
 */
export function portsOf(doc, types, slug) {
  const node = nodeIn(doc, slug) ?? {};
  const type = types.get(node.use);
  const used = portsUsed(wiresOf(doc)).get(slug) ?? new Set();
  const carried = typesOnPorts(doc, types);
  const titles = new Map(outputsOf(type).map((port) => [port.name, titleOf(node, port)]));
  const names = [...titles.keys()].filter((name) => used.has(name) || !isSpareCase(node, name));
  const others = [...used].filter((name) => !titles.has(name) && name !== ERROR_PORT);
  const shown = [...names, ...others, ...(showsError(node, type, used) ? [ERROR_PORT] : [])];
  return shown.map((name) => ({ name, title: titles.get(name) ?? name, type: carried.get(`${slug}.${name}`) ?? ANY }));
}

/** What a node takes; null: nothing, it is a trigger. @param {Doc} doc @param {Types} types @param {string} slug @returns {{accepts: string}|null} */
export function inputOf(doc, types, slug) {
  const type = types.get(nodeIn(doc, slug)?.use);
  return isTrigger(type) ? null : { accepts: type?.accepts ?? ANY };
}

/** @param {any} type */
export const isTrigger = (type) => type?.kind === "trigger";

/** @param {any} type undefined: an unknown one @returns {{name: string, title: string, change: string, type: string|null}[]} */
export const outputsOf = (type) => type?.ports ?? [];

/**
 * What leaves each port, by `slug.port`. Unknown node types have none; `error` carries what reached the node.
 * @param {Doc} doc @param {Types} types @returns {Map<string, string>} Do not change what it returns.
 */
export const typesOnPorts = (doc, types) => carriedBy(nodesIn(doc), wiresOf(doc), types);

const carriedBy = remember((nodes, links, types) => {
  const doc = { nodes, wires: links.map(({ text }) => text) };
  const incoming = incomingOf(doc, links);
  const found = new Map();
  for (const slug of acyclic(doc, incoming)) {
    const arriving = joined((incoming.get(slug) ?? []).map(({ source, port }) => found.get(`${source}.${port}`)).filter((type) => type !== undefined));
    const type = types.get(nodes[slug].use);
    if (!type) continue;
    found.set(`${slug}.${ERROR_PORT}`, arriving);
    for (const port of outputsOf(type)) found.set(`${slug}.${port.name}`, nodes[slug].disabled ? arriving : leaving(arriving, port));
  }
  return found;
});

function incomingOf(doc, links) {
  const incoming = new Map();
  for (const link of links) {
    if (!hasNode(doc, link.source) || !hasNode(doc, link.target)) continue;
    if (!incoming.has(link.target)) incoming.set(link.target, []);
    incoming.get(link.target).push(link);
  }
  return incoming;
}

/** The order of work as far as it goes: nothing is known on a cycle and behind one. */
function acyclic(doc, incoming) {
  const done = new Set();
  for (const slug of orderOf(doc)) if ((incoming.get(slug) ?? []).every(({ source }) => done.has(source))) done.add(slug);
  return done;
}

const joined = (types) => (types.length && types.every((type) => type === types[0]) ? types[0] : ANY);

function leaving(arriving, { change, type }) {
  if (change === "replaces") return type ?? ANY;
  if (change === "adds") return type ?? arriving;
  return change === "passes" ? arriving : ANY;
}

const portsUsed = remember((links) => {
  const used = new Map();
  for (const { source, port } of links) {
    if (!used.has(source)) used.set(source, new Set());
    used.get(source).add(port);
  }
  return used;
});

/** null: it is no switch. */
function casesOf(node) {
  if (!String(node.use).startsWith("rule.switch@")) return null;
  return Array.isArray(node.params?.cases) ? node.params.cases : [];
}

function isSpareCase(node, name) {
  const [cases, found] = [casesOf(node), CASE.exec(name)];
  return cases !== null && found !== null && Number(found[1]) > cases.length;
}

function titleOf(node, port) {
  const found = CASE.exec(port.name);
  const given = found && casesOf(node)?.[Number(found[1]) - 1]?.title;
  return (typeof given === "string" && given.trim()) || port.title || port.name;
}

const showsError = (node, type, used) => used.has(ERROR_PORT) || (node.policy?.on_error === "route" && !isTrigger(type));
