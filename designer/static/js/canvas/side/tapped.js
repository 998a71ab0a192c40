// What passes a tap while the flow is open here: the newest first.
import { say } from "../../texts.js";
import { own } from "../../graph/own.js";
import { html, useState } from "../react.js";
import { usePicked } from "../context.js";
import { RunLink } from "../drawer/run_link.js";
import { moment } from "../moments.js";
import { Tree } from "./tree.js";

const NONE = [];

/** @param {{slug: string}} props */
export function Tapped({ slug }) {
  const items = usePicked((state) => own(state.tapped, slug) ?? NONE);
  return html`<section className="data-incidents" aria-label=${say("Passing now")} aria-live="polite">
    <h3>${say("Passing now")} <span className="badge">${items.length}</span></h3>
    <p className="quiet small">${say("The last 50 since this page was opened; personal data is masked, and nothing is kept.")}</p>
    ${items.length ? null : html`<p className="quiet">${say("Nothing has passed yet.")}</p>`}
    ${items.map((one) => html`<${Item} key=${one.number} one=${one} slug=${slug} first=${items.length === 1} />`)}
  </section>`;
}

/** What is open stays open, and newer ones come folded, so that nothing moves under the reader's eyes. */
function Item({ one, slug, first }) {
  const [open, setOpen] = useState(first);
  return html`<details className="data-item" open=${open} onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary><time dateTime=${one.at}>${moment(one.at)}</time> ${one.order ? html`<b>${one.order}</b>` : html`<code>${one.key}</code>`}</summary>
    ${one.item === null ? html`<p className="quiet small">${say("Too large to be shown here.")}</p>` : html`<div className="tree"><${Tree} value=${one.item} /></div>`}
    <span className="row small"><${RunLink} id=${one.run} step=${slug}>${say("Look at run {id} on the canvas", { id: one.run })}</></span>
  </details>`;
}
