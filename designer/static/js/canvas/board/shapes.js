// The document as React Flow wants it. What did not change keeps its object, so that nothing is drawn twice.
import { say } from "../../texts.js";
import { anyTextIn, hasNode, nodeIn, slugsIn } from "../../graph/document.js";
import { inputOf, portsOf, typesOnPorts } from "../../graph/ports.js";
import { drawnPlaces } from "../../graph/places.js";
import { wiresOf } from "../../graph/wires.js";
import { portTitle } from "../port_title.js";
import { valueText } from "../value_text.js";
import { handlesOf, heightOf, WIDTH } from "./card_size.js";

/**
 * @param {object} doc
 * @param {Map<string, object>} types
 * @param {{language: string, selected: Set<string>, locked: boolean}} look
 * @param {object[]} before the nodes drawn last
 */
export function nodesOf(doc, types, { language, selected, locked }, before) {
  const known = new Map(before.map((node) => [node.id, node]));
  const found = drawnPlaces(doc);
  return slugsIn(doc).map((slug) => {
    const old = known.get(slug);
    const data = dataOf(doc, types, slug, language, old?.data);
    const position = found[slug];
    const next = { id: slug, type: "card", position, data, selected: selected.has(slug), ...sizesOf(data), draggable: !locked };
    return old && unchanged(old, next) ? old : { ...old, ...next, ariaLabel: data.title };
  });
}

/** @param {object} doc @param {Map<string, object>} types @param {{language: string, selected: Set<string>}} look @param {object[]} before */
export function edgesOf(doc, types, { language, selected }, before) {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const carried = typesOnPorts(doc, types);
  const seen = new Set();
  const startOf = startsOf(doc, types, language);
  return wiresOf(doc)
    .filter(({ source, target }) => hasNode(doc, source) && hasNode(doc, target))
    .map(({ source, port, target, text }) => {
      const old = known.get(text);
      const from = `${source}.${port}`;
      const leads = !seen.has(from); // the first wire of a port bears its count
      seen.add(from);
      const type = port === "error" ? "error" : (carried.get(from) ?? "any");
      const ariaLabel = say("Wire from {from} to {to}", { from: startOf(source, port), to: nameOf(doc, types, target, language) });
      const next = { id: text, type: "wire", ariaLabel, source, target, sourceHandle: port, targetHandle: "in", selected: selected.has(text), data: { type, leads } };
      return old && old.selected === next.selected && old.data.type === type && old.data.leads === leads && old.ariaLabel === ariaLabel ? old : next;
    });
}

/** With all that React Flow would measure, it draws no box that is out of view only for that. */
function sizesOf(data) {
  const size = { width: WIDTH, height: heightOf(data.ports) };
  return { ...size, measured: size, handles: handlesOf(data) };
}

function dataOf(doc, types, slug, language, old) {
  const node = nodeIn(doc, slug);
  const type = types.get(node.use) ?? null;
  const ports = portsOf(doc, types, slug);
  const next = { node, type, ports, input: inputOf(doc, types, slug), title: titleOf(node, type, slug, language) };
  return old && old.node === node && old.type === type && old.title === next.title && samePorts(old.ports, ports) ? old : next;
}

function nameOf(doc, types, slug, language) {
  const node = nodeIn(doc, slug);
  return titleOf(node, types.get(node.use) ?? null, slug, language);
}

/** By slug and port: what a wire's end is called, with its port where the box has others too. */
function startsOf(doc, types, language) {
  const known = new Map();
  return (slug, name) => {
    if (!known.has(slug)) known.set(slug, { title: nameOf(doc, types, slug, language), ports: portsOf(doc, types, slug) });
    const { title, ports } = known.get(slug);
    return ports.length > 1 ? `${title} › ${portTitle(ports.find((port) => port.name === name), name)}` : title;
  };
}

/** What a box is called: its title in the reader's language, else in any, else the type's label. */
export const titleOf = (node, type, slug, language) => anyTextIn(node.title, language) || type?.label || slug;

/** What kind of box it is: the type's label, else the name that the document gives. */
export const kindOf = (node, type) => type?.label ?? valueText(node.use);

const samePorts = (left, right) => left.length === right.length && left.every((port, n) => port.name === right[n].name && port.title === right[n].title && port.type === right[n].type);

const unchanged = (old, next) =>
  old.data === next.data && old.selected === next.selected && old.draggable === next.draggable && old.height === next.height &&
  old.position.x === next.position.x && old.position.y === next.position.y;
