// What starts the flow, and to which address the outside sends.
import { say } from "../../texts.js";
import { nodesIn } from "../../graph/document.js";
import { html } from "../react.js";
import { usePicked } from "../context.js";
import { documentOf } from "../state/editor.js";
import { CopyButton } from "./copy_button.js";
import { NodeLink } from "./node_link.js";

export function Triggers() {
  const flow = usePicked((state) => state.flow);
  const nodes = usePicked((state) => nodesIn(documentOf(state)));
  const types = usePicked((state) => state.types);
  const triggers = Object.keys(nodes).filter((slug) => types.get(nodes[slug].use)?.kind === "trigger");
  return html`<section className="triggers" aria-labelledby="triggers">
    <h3 id="triggers">${say("What starts it")}</h3>
    ${triggers.length ? html`<ul>${triggers.map((slug) => html`<li key=${slug}>
      <${NodeLink} slug=${slug} />
      ${types.get(nodes[slug].use).starts === "hook" ? html`<${Hook} address=${`/hooks/${flow}/${slug}`} />` : null}
    </li>`)}</ul>` : html`<p className="quiet">${say("No trigger yet. Drag one in from the connectors.")}</p>`}
  </section>`;
}

/** Where a trigger listens; nothing for one that no call starts. @param {{slug: string}} props */
export function HookOf({ slug }) {
  const flow = usePicked((state) => state.flow);
  const starts = usePicked((state) => state.types.get(documentOf(state).nodes[slug]?.use)?.starts);
  if (starts !== "hook") return null;
  return html`<div className="setting"><span className="setting-label">${say("The outside sends to")}</span><${Hook} address=${`/hooks/${flow}/${slug}`} />
    <p className="setting-help">${say("From the next publication on. The whole address is copied, with the name of this server.")}</p></div>`;
}

const Hook = ({ address }) => html`<span className="hook"><code title=${location.origin + address}>${address}</code><${CopyButton} text=${location.origin + address} label=${say("Copy the address {address}", { address })} /></span>`;
