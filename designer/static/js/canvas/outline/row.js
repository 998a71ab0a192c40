// One node of the outline: what it is, where it leads, and on demand everything about it.
import { say } from "../../texts.js";
import { nodeIn, nodesIn } from "../../graph/document.js";
import { own } from "../../graph/own.js";
import { portTitle } from "../port_title.js";
import { html, memo } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { kindOf, titleOf } from "../board/shapes.js";
import { CardFoot } from "../board/card_foot.js";
import { documentOf, select } from "../state/editor.js";
import { problemsAt, selectedNode } from "../state/derived.js";
import { removeAll } from "../side/removing.js";

/** @param {{row: {slug: string, depth: number, incoming: object[], outgoing: object[]}}} props */
export const OutlineRow = memo(function OutlineRow({ row }) {
  const editor = useEditor();
  const { slug, outgoing } = row;
  const node = usePicked((state) => nodeIn(documentOf(state), slug));
  const type = usePicked((state) => state.types.get(node?.use) ?? null);
  const language = usePicked((state) => state.language);
  const open = usePicked((state) => selectedNode(state) === slug);
  const faults = usePicked((state) => problemsAt(state).get(slug) ?? null);
  const readOnly = usePicked((state) => state.readOnly);
  if (!node) return null;
  const title = titleOf(node, type, slug, language);
  const toggle = () => select(editor, { nodes: open ? [] : [slug] });
  const connect = () => {
    select(editor, { nodes: [slug] });
    editor.set({ tab: "wires" });
    requestAnimationFrame(() => (document.querySelector("#side .connect-form select") ?? document.getElementById("side-wires"))?.focus());
  };
  return html`<li className=${`outline-row f-${type?.family ?? "unknown"}`} data-open=${open ? "" : undefined} id=${`outline-${slug}`}>
    <div className="outline-head">
      <button type="button" className="outline-name" aria-expanded=${open} aria-controls="side" onClick=${toggle}>
        <span className="card-icon"><${Icon} name=${type?.icon ?? "box"} size=${18} /></span>
        <span><b>${title}</b> <small className="quiet">${kindOf(node, type)} · ${slug}</small></span>
      </button>
      <${CardFoot} slug=${slug} type=${type} disabled=${Boolean(node.disabled)} />
      ${readOnly ? null : html`<span className="row">
        <button type="button" className="ghost square" aria-label=${say("Connect {node}", { node: title })} title=${say("Connect")} onClick=${connect}><${Icon} name="link" size=${16} /></button>
        <button type="button" className="ghost square" aria-label=${say("Remove {node}", { node: title })} title=${say("Remove")} onClick=${(event) => remove(editor, slug, event.currentTarget.closest("li"))}><${Icon} name="trash-2" size=${16} /></button>
      </span>`}
    </div>
    ${faults ? html`<ul className="outline-faults">${faults.map((one, n) => html`<li key=${n}><${Icon} name="circle-alert" size=${15} /> ${one.what} <span className="quiet">${one.do}</span></li>`)}</ul>` : null}
    <${Onward} outgoing=${outgoing} ports=${row.ports} />
  </li>`;
});

function Onward({ outgoing, ports }) {
  const nodes = usePicked((state) => nodesIn(documentOf(state)));
  const types = usePicked((state) => state.types);
  const language = usePicked((state) => state.language);
  if (!outgoing.length) return null;
  const named = (port) => portTitle(ports.find((one) => one.name === port), port);
  const called = (slug) => (own(nodes, slug) ? titleOf(nodes[slug], types.get(nodes[slug].use), slug, language) : slug);
  return html`<ul className="outline-wires" aria-label=${say("Leads to")}>${outgoing.map(
    ({ port, target, text }) => html`<li key=${text}>${port === "out" ? null : html`<span className="chip">${named(port)}</span> `}<${Icon} name="arrow-right" size=${14} /> <a href=${`#outline-${target}`}>${called(target)}</a></li>`,
  )}</ul>`;
}

/** The focus goes on to the next row, behind the last one to the form that adds. */
function remove(editor, slug, row) {
  const next = row.nextElementSibling?.querySelector(".outline-name") ?? document.querySelector(".outline-add select");
  removeAll(editor, [slug], []);
  next?.focus();
}
