// The wires of a node as lists; connected and removed without a mouse.
import { say } from "../../texts.js";
import { disconnect } from "../../graph/connect.js";
import { nodeIn } from "../../graph/document.js";
import { portsOf } from "../../graph/ports.js";
import { wiresOf } from "../../graph/wires.js";
import { html } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { problemsOnWires } from "../state/derived.js";
import { documentOf, edit } from "../state/editor.js";
import { ConnectForm } from "./connect_form.js";
import { Problems } from "./form/problems.js";
import { NodeLink } from "./node_link.js";
import { portTitle } from "../port_title.js";

const NONE = [];

/** @param {{slug: string}} props */
export function WireEditor({ slug }) {
  const doc = usePicked(documentOf);
  const types = usePicked((state) => state.types);
  const readOnly = usePicked((state) => state.readOnly);
  const wires = wiresOf(doc);
  const incoming = wires.filter(({ target }) => target === slug);
  const outgoing = wires.filter(({ source }) => source === slug);
  const trigger = types.get(nodeIn(doc, slug)?.use)?.kind === "trigger";
  return html`<div className="wires">
    ${trigger ? null : html`<section><h3>${say("Comes from")}</h3>
      ${incoming.length ? html`<ul>${incoming.map((wire) => html`<${WireRow} key=${wire.text} wire=${wire} other=${wire.source} doc=${doc} types=${types} readOnly=${readOnly} />`)}</ul>` : html`<p className="quiet">${say("Nothing leads here yet.")}</p>`}
    </section>`}
    <section><h3>${say("Leads to")}</h3>
      ${outgoing.length ? html`<ul>${outgoing.map((wire) => html`<${WireRow} key=${wire.text} wire=${wire} other=${wire.target} doc=${doc} types=${types} readOnly=${readOnly} />`)}</ul>` : html`<p className="quiet">${say("The way ends here.")}</p>`}
    </section>
    ${readOnly ? null : html`<${ConnectForm} slug=${slug} />`}
  </div>`;
}

function WireRow({ wire, other, doc, types, readOnly }) {
  const editor = useEditor();
  const problems = usePicked((state) => problemsOnWires(state).get(wire.text) ?? NONE);
  const port = portsOf(doc, types, wire.source).find(({ name }) => name === wire.port);
  const remove = (event) => {
    const list = event.currentTarget.closest("section");
    edit(editor, say("Remove wire"), disconnect(documentOf(editor.get()), [wire.text]));
    requestAnimationFrame(() => (list.querySelector("li button:last-child") ?? list.closest(".wires").querySelector("select"))?.focus());
  };
  return html`<li className="wire-row">
    <span className=${`port-dot t-${wire.port === "error" ? "error" : (port?.type ?? "any")}`} aria-hidden="true"></span>
    <${NodeLink} slug=${other} />
    ${wire.port === "out" ? null : html`<span className="badge" title=${portTitle(port, wire.port)}>${portTitle(port, wire.port)}</span>`}
    ${readOnly ? null : html`<button type="button" className="ghost" title=${say("Remove wire")} aria-label=${say("Remove wire {wire}", { wire: wire.text })} onClick=${remove}><${Icon} name="unlink" size=${14} /></button>`}
    <${Problems} problems=${problems} />
  </li>`;
}
