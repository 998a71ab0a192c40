// The document as React Flow wants it. What did not change keeps its object, so that nothing is drawn twice.
import { say } from "../../texts.js";
import { inputOf, portsOf, typesOnPorts } from "../../graph/ports.js";
import { places } from "../../graph/places.js";
import { wiresOf } from "../../graph/wires.js";
import { heightOf, WIDTH } from "./card_size.js";

/**
 * @param {object} doc
 * @param {Map<string, object>} types
 * @param {{language: string, selected: Set<string>, locked: boolean}} look
 * @param {object[]} before the nodes drawn last
 */
export function nodesOf(doc, types, { language, selected, locked }, before) {
  const known = new Map(before.map((node) => [node.id, node]));
  const found = places(doc);
  return Object.keys(doc.nodes ?? {}).map((slug) => {
    const old = known.get(slug);
    const data = dataOf(doc, types, slug, language, old?.data);
    const position = found[slug];
    const next = { id: slug, type: "card", position, data, selected: selected.has(slug), width: WIDTH, height: heightOf(data.ports), draggable: !locked };
    return old && unchanged(old, next) ? old : { ...old, ...next, ariaLabel: data.title };
  });
}

/** @param {object} doc @param {Map<string, object>} types @param {{language: string, selected: Set<string>}} look @param {object[]} before */
export function edgesOf(doc, types, { language, selected }, before) {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const carried = typesOnPorts(doc, types);
  const seen = new Set();
  return wiresOf(doc)
    .filter(({ source, target }) => source in doc.nodes && target in doc.nodes)
    .map(({ source, port, target, text }) => {
      const old = known.get(text);
      const from = `${source}.${port}`;
      const leads = !seen.has(from); // the first wire of a port bears its count
      seen.add(from);
      const type = port === "error" ? "error" : (carried.get(from) ?? "any");
      const ariaLabel = say("Wire from {from} to {to}", { from: nameOf(doc, types, source, language), to: nameOf(doc, types, target, language) });
      const next = { id: text, type: "wire", ariaLabel, source, target, sourceHandle: port, targetHandle: "in", selected: selected.has(text), data: { type, leads } };
      return old && old.selected === next.selected && old.data.type === type && old.data.leads === leads && old.ariaLabel === ariaLabel ? old : next;
    });
}

function dataOf(doc, types, slug, language, old) {
  const node = doc.nodes[slug];
  const type = types.get(node.use) ?? null;
  const ports = portsOf(doc, types, slug);
  const next = { node, type, ports, input: inputOf(doc, types, slug), title: titleOf(node, type, slug, language) };
  return old && old.node === node && old.type === type && old.title === next.title && samePorts(old.ports, ports) ? old : next;
}

const nameOf = (doc, types, slug, language) => titleOf(doc.nodes[slug], types.get(doc.nodes[slug].use) ?? null, slug, language);

/** What a box is called: its title in the reader's language, else in any, else the type's label. */
export function titleOf(node, type, slug, language) {
  const titles = node.title ?? {};
  return titles[language] || Object.values(titles)[0] || type?.label || slug;
}

const samePorts = (left, right) => left.length === right.length && left.every((port, n) => port.name === right[n].name && port.title === right[n].title && port.type === right[n].type);

const unchanged = (old, next) =>
  old.data === next.data && old.selected === next.selected && old.draggable === next.draggable && old.height === next.height &&
  old.position.x === next.position.x && old.position.y === next.position.y;
