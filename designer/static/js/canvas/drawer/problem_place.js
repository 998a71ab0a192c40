// Leads to where a problem lies: the box or wire is selected and in view, the faulty field has the focus.
import { documentOf, select } from "../state/editor.js";
import { hasNode } from "../../graph/document.js";
import { parseWire } from "../../graph/wires.js";

/** @param {object} editor @param {{node: string|null, wire: string|null, path: (string|number)[]}} problem */
export function goTo(editor, { node, wire, path }) {
  const doc = documentOf(editor.get());
  if (node !== null && hasNode(doc, node)) {
    select(editor, { nodes: [node] });
    editor.set({ tab: "settings", pointed: node, faced: { slug: node, path } });
  } else if (wire !== null) {
    const slug = [parseWire(wire)?.target, parseWire(wire)?.source].find((one) => one !== undefined && hasNode(doc, one));
    select(editor, { wires: [wire] });
    if (slug) editor.set({ pointed: slug });
  } else {
    select(editor, {});
    editor.set({ about: true, faced: { slug: null, path } });
  }
}
