// The outline: the flow as a list in the order of work, fully editable by keyboard and screen reader, in place of the canvas.
import { say } from "../../texts.js";
import { html, useMemo } from "../react.js";
import { nodeCount, wireCount } from "../counts.js";
import { usePicked } from "../context.js";
import { wireTexts } from "../../graph/document.js";
import { rows } from "../../graph/outline.js";
import { documentOf } from "../state/editor.js";
import { AddNode } from "./add_node.js";
import { OutlineRow } from "./row.js";

export function Outline() {
  const doc = usePicked(documentOf);
  const types = usePicked((state) => state.types);
  const readOnly = usePicked((state) => state.readOnly);
  const list = useMemo(() => rows(doc, types), [doc, types]);
  return html`<div className="outline">
    <header><h2>${say("Outline")}</h2><p className="quiet">${say("{nodes}, {wires}, in the order of work.", { nodes: nodeCount(list.length), wires: wireCount(wireTexts(doc).length) })}</p></header>
    ${readOnly ? null : html`<${AddNode} />`}
    ${list.length ? html`<ol className="outline-list">${list.map((row) => html`<${OutlineRow} key=${row.slug} row=${row} />`)}</ol>` : html`<p className="empty">${say("The flow is empty. Add a trigger first: it is where orders come in.")}</p>`}
  </div>`;
}
