// Wires are drawn, removed and led through a node. What the engine would refuse is refused here at once, by its words.
import { entriesIn, hasNode, nodeIn, wireTexts } from "./document.js";
import { onwardOf } from "./order.js";
import { ANY, isTrigger, outputsOf, portsOf, typesOnPorts } from "./ports.js";
import { DEFAULT_PORT, ERROR_PORT, parseWire, wireText, wiresOf } from "./wires.js";

/** @typedef {import("./document.js").Doc} Doc @typedef {import("./ports.js").Types} Types @typedef {import("./wires.js").Ends} Ends */

/**
 * Why two ends may not be connected; null: they may.
 * @param {Doc} doc @param {Types} types @param {Ends} ends
 * @returns {{code: string, fields: Record<string, any>}|null}
 */
export function refusal(doc, types, { source, port, target }) {
  const missing = [source, target].find((slug) => !hasNode(doc, slug));
  if (missing !== undefined) return { code: "wire.unknown_node", fields: { node: missing } };
  const from = types.get(nodeIn(doc, source).use);
  const to = types.get(nodeIn(doc, target).use);
  if (isTrigger(to)) return { code: "wire.into_trigger", fields: { node: target } };
  const ring = wayBetween(doc, target, source);
  if (ring) return { code: "flow.cycle", fields: { nodes: [source, ...ring].join(" -> ") } };
  if (isConnected(doc, { source, port, target })) return { code: "wire.duplicate", fields: {} };
  return wrongPort(from, source, port) ?? wrongType(typesOnPorts(doc, types), to, { source, port, target });
}

/** A wire from `error` also says that errors go there, where the policy says otherwise. @param {Doc} doc @param {Ends} ends @returns {Doc} */
export function connect(doc, ends) {
  if (isConnected(doc, ends)) return doc;
  const wired = { ...doc, wires: [...wireTexts(doc), wireText(ends)] };
  return ends.port === ERROR_PORT ? routed(wired, ends.source) : wired;
}

/** @param {Doc} doc @param {Iterable<string>} texts of wires, as they stand in the document @returns {Doc} */
export function disconnect(doc, texts) {
  const doomed = new Set(texts);
  const wires = wireTexts(doc).filter((text) => !doomed.has(text));
  return wires.length === wireTexts(doc).length ? doc : { ...doc, wires };
}

/**
 * Leads a wire through a node, by its first port that fits; the two new wires stand where the old one stood.
 * @param {Doc} doc @param {Types} types @param {string} text of the wire @param {string} slug
 * @returns {Doc} the same one where that would make something wrong
 */
export function insertOnWire(doc, types, text, slug) {
  const link = parseWire(text);
  if (!link || !wireTexts(doc).includes(text)) return doc;
  const into = { source: link.source, port: link.port, target: slug };
  const opened = disconnect(doc, [text]);
  if (refusal(opened, types, into)) return doc;
  const half = connect(opened, into);
  const onward = portsOf(half, types, slug)
    .filter(({ name }) => name !== ERROR_PORT)
    .map(({ name }) => ({ source: slug, port: name, target: link.target }))
    .find((ends) => !refusal(half, types, ends));
  if (!onward) return doc;
  return { ...doc, wires: wireTexts(doc).flatMap((one) => (one === text ? [wireText(into), wireText(onward)] : [one])) };
}

const isConnected = (doc, ends) =>
  wiresOf(doc).some((link) => link.source === ends.source && link.port === ends.port && link.target === ends.target);

function routed(doc, slug) {
  const node = nodeIn(doc, slug);
  if (!["park", "stop"].includes(node?.policy?.on_error)) return doc;
  return { ...doc, nodes: { ...entriesIn(doc), [slug]: { ...node, policy: { ...node.policy, on_error: "route" } } } };
}

/** The slugs from one node to another along the wires, both included; null where no way leads there. */
function wayBetween(doc, from, to) {
  const onward = onwardOf(doc);
  const cameFrom = new Map([[from, null]]);
  for (const slug of cameFrom.keys()) {
    if (slug === to) return wayBack(to, cameFrom);
    for (const next of onward.get(slug)) if (!cameFrom.has(next)) cameFrom.set(next, slug);
  }
  return null;
}

function wayBack(slug, cameFrom) {
  const way = [];
  for (let one = slug; one !== null; one = cameFrom.get(one)) way.unshift(one);
  return way;
}

function wrongPort(type, slug, port) {
  const ports = outputsOf(type).map(({ name }) => name);
  if (!type || ports.includes(port) || (port === ERROR_PORT && !isTrigger(type))) return null;
  return { code: port === DEFAULT_PORT ? "wire.port_needed" : "wire.unknown_port", fields: { node: slug, port, ports } };
}

function wrongType(carried, to, { source, port, target }) {
  const carries = port === ERROR_PORT ? undefined : carried.get(`${source}.${port}`);
  if (!to || carries === undefined || carries === ANY || to.accepts === ANY || carries === to.accepts) return null;
  return { code: "wire.type_mismatch", fields: { carries, node: target, accepts: to.accepts } };
}
