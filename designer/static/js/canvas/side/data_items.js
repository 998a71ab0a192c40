// Items at a port: the first open, the others folded, many cut.
import { say } from "../../texts.js";
import { html, useMemo, useState } from "../react.js";
import { changesBetween } from "./changes.js";
import { Tree } from "./tree.js";

const AT_ONCE = 10;

/**
 * @param {{title: string, port?: string, items: {key: string, item: any}[], before?: Map<string, any>, folded?: boolean}} props
 *   `before`: what came in, by item key, to show what the node changed
 */
export function Items({ title, port, items, before, folded = false }) {
  const [open, setOpen] = useState(!folded);
  const toggle = (event) => event.target === event.currentTarget && setOpen(event.currentTarget.open);
  return html`<details className="box data-box" data-port=${port ?? "in"} open=${open} onToggle=${toggle}>
    <summary>${title}${port && port !== "out" ? html` <span className="chip">${port}</span>` : null}<span className="data-count">${items.length}</span></summary>
    ${open ? html`<${List} items=${items} before=${before} />` : null}
  </details>`;
}

function List({ items, before }) {
  const [shown, setShown] = useState(AT_ONCE);
  const left = items.length - shown;
  return html`
    ${items.slice(0, shown).map((one, n) => html`<${Item} key=${one.key} one=${one} open=${n === 0} number=${items.length > 1 ? n + 1 : null} before=${before?.get(one.key)} />`)}
    ${left > 0 ? html`<button type="button" className="button small data-more" onClick=${() => setShown(shown + 50)}>${say("Show more ({count})", { count: left })}</button>` : null}
  `;
}

function Item({ one, open, number, before }) {
  const [shown, setShown] = useState(open);
  const changes = useMemo(() => (before === undefined ? null : changesBetween(before, one.item)), [before, one.item]);
  const tree = html`${changes ? html`<${Changes} changes=${changes} />` : null}<${Tree} value=${one.item} marks=${changes?.marks} />`;
  if (number === null) return html`<div className="tree">${tree}</div>`;
  return html`<details className="data-item" open=${shown} onToggle=${(event) => setShown(event.currentTarget.open)}><summary>${say("Item {number}", { number })} <code>${one.key}</code></summary>${shown ? html`<div className="tree">${tree}</div>` : null}</details>`;
}

const NAMED = 8;

/** Which fields a node changed, before they have to be looked for in the tree. */
function Changes({ changes: { marks, gone } }) {
  const marked = (kind) => [...marks].filter(([, mark]) => mark === kind).map(([path]) => path);
  const kinds = [["ok", say("added"), marked("new")], ["warn", say("changed"), marked("changed")], ["err", say("gone"), gone]].filter(([, , paths]) => paths.length);
  if (!kinds.length) return null;
  return html`<ul className="data-changes">${kinds.map(([tone, word, paths]) => html`<li key=${tone}><span className=${`badge ${tone}`}>${word}</span> ${paths.slice(0, NAMED).join(", ")}${paths.length > NAMED ? ` +${paths.length - NAMED}` : ""}</li>`)}</ul>`;
}
