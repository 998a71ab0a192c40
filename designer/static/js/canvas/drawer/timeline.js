// What happened in a run, oldest first; a node's name leads to it.
import { say } from "../../texts.js";
import { nodeIn } from "../../graph/document.js";
import { own } from "../../graph/own.js";
import { html } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { titleOf } from "../board/shapes.js";
import { clock, moment } from "../moments.js";
import { milliseconds } from "../numbers.js";
import { documentOf } from "../state/editor.js";
import { lookAt } from "../state/past_run.js";

const SYMBOLS = { ok: "circle-check", run: "circle-dot", warn: "triangle-alert", err: "circle-x", "": "circle-dot" };
const ACTORS = { owner: () => say("Owner"), system: () => say("System") };

/** @param {{items: {at: string, kind: string, step: string|null, actor: string|null, what: string, tone: string, ms: number|null}[]}} props */
export function Timeline({ items }) {
  if (!items.length) return html`<p className="quiet">${say("Nothing is recorded.")}</p>`;
  return html`<ol className="run-timeline" aria-label=${say("What happened, oldest first")}>${items.map((one, n) => html`<${Entry} key=${n} entry=${one} since=${n ? Date.parse(one.at) - Date.parse(items[0].at) : null} />`)}</ol>`;
}

function Entry({ entry: { at, step, actor, what, tone, ms }, since }) {
  return html`<li className=${tone}>
    <span className="timeline-mark"><${Icon} name=${SYMBOLS[tone] ?? SYMBOLS[""]} size=${15} /></span>
    <time dateTime=${at} title=${moment(at)}>${clock(at)}</time>
    <span className="timeline-since num">${since === null ? "" : `+${milliseconds(since)}`}</span>
    <span className="timeline-what">${step ? html`<${Step} slug=${step} />` : null}<span>${what}</span></span>
    <span className="timeline-more">
      ${actor ? html`<span className="quiet small">${own(ACTORS, actor)?.() ?? actor}</span>` : null}
      ${ms === null || ms === undefined ? null : html`<span className="quiet small num" title=${say("How long the call took")}>${milliseconds(ms)}</span>`}
    </span>
  </li>`;
}

function Step({ slug }) {
  const editor = useEditor();
  const node = usePicked((state) => nodeIn(documentOf(state), slug));
  const types = usePicked((state) => state.types);
  const language = usePicked((state) => state.language);
  if (!node) return html`<span className="chip">${slug}</span>`;
  return html`<button type="button" className="chip-button" onClick=${() => lookAt(editor, slug)}>${titleOf(node, types.get(node.use), slug, language)}</button>`;
}
