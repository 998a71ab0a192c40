// One node of the outline: what it is, where it leads, and on demand everything about it.
import { say } from "../../texts.js";
import { html, memo } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { titleOf } from "../board/shapes.js";
import { CardFoot } from "../board/card_foot.js";
import { documentOf, edit, select } from "../state/editor.js";
import { problemsAt, selectedNode } from "../state/derived.js";
import { removeNodesAndTests } from "../../graph/nodes.js";

/** @param {{row: {slug: string, depth: number, incoming: object[], outgoing: object[]}}} props */
export const OutlineRow = memo(function OutlineRow({ row }) {
  const editor = useEditor();
  const { slug, outgoing } = row;
  const node = usePicked((state) => documentOf(state).nodes[slug]);
  const type = usePicked((state) => state.types.get(node?.use) ?? null);
  const language = usePicked((state) => state.language);
  const open = usePicked((state) => selectedNode(state) === slug);
  const faults = usePicked((state) => problemsAt(state).get(slug) ?? null);
  const readOnly = usePicked((state) => state.readOnly);
  if (!node) return null;
  const title = titleOf(node, type, slug, language);
  const toggle = (tab) => () => {
    select(editor, { nodes: open && !tab ? [] : [slug] });
    if (tab) editor.set({ tab });
  };
  return html`<li className=${`outline-row f-${type?.family ?? "unknown"}`} data-open=${open ? "" : undefined} id=${`outline-${slug}`}>
    <div className="outline-head">
      <button type="button" className="outline-name" aria-expanded=${open} aria-controls="side" onClick=${toggle(null)}>
        <span className="card-icon"><${Icon} name=${type?.icon ?? "box"} size=${18} /></span>
        <span><b>${title}</b> <small className="quiet">${type?.label ?? node.use} · ${slug}</small></span>
      </button>
      <${CardFoot} slug=${slug} type=${type} disabled=${Boolean(node.disabled)} />
      ${readOnly ? null : html`<span className="row">
        <button type="button" className="ghost square" aria-label=${say("Connect {node}", { node: title })} title=${say("Connect")} onClick=${toggle("wires")}><${Icon} name="link" size=${16} /></button>
        <button type="button" className="ghost square" aria-label=${say("Remove {node}", { node: title })} title=${say("Remove")} onClick=${() => remove(editor, slug)}><${Icon} name="trash-2" size=${16} /></button>
      </span>`}
    </div>
    ${faults ? html`<ul className="outline-faults">${faults.map((one, n) => html`<li key=${n}><${Icon} name="circle-alert" size=${15} /> ${one.what} <span className="quiet">${one.do}</span></li>`)}</ul>` : null}
    <${Onward} outgoing=${outgoing} ports=${row.ports} />
  </li>`;
});

function Onward({ outgoing, ports }) {
  const titles = usePicked((state) => documentOf(state).nodes);
  const types = usePicked((state) => state.types);
  const language = usePicked((state) => state.language);
  if (!outgoing.length) return null;
  const named = (port) => ports.find((one) => one.name === port)?.title ?? port;
  return html`<ul className="outline-wires" aria-label=${say("Leads to")}>${outgoing.map(
    ({ port, target, text }) => html`<li key=${text}>${port === "out" ? null : html`<span className="chip">${named(port)}</span> `}<${Icon} name="arrow-right" size=${14} /> <a href=${`#outline-${target}`}>${titles[target] ? titleOf(titles[target], types.get(titles[target].use), target, language) : target}</a></li>`,
  )}</ul>`;
}

function remove(editor, slug) {
  edit(editor, say("Remove"), removeNodesAndTests(documentOf(editor.get()), [slug]).doc, { select: {} });
}
