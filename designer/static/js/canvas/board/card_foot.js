// The last line of a box: what went through it.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { callCount } from "../counts.js";
import { usePicked } from "../context.js";
import { liveAt } from "../state/derived.js";
import { milliseconds, whole } from "../numbers.js";
import { isReached } from "../state/overlay.js";

/** @param {{slug: string, type: object|null, disabled: boolean}} props */
export function CardFoot({ slug, type, disabled }) {
  const step = usePicked((state) => (state.overlay ? (state.overlay.steps.get(slug) ?? null) : null));
  const looking = usePicked((state) => state.overlay !== null);
  const known = usePicked((state) => Boolean(state.overlay?.steps.size));
  const live = usePicked((state) => liveAt(state, slug));
  if (disabled) return html`<span className="card-foot"><span>${say("Switched off: items pass through")}</span></span>`;
  if (looking) return html`<${Looked} step=${step} known=${known} starts=${type?.kind === "trigger"} />`;
  if (!live) return html`<span className="card-foot quiet"><span>${type ? "" : say("Unknown node type")}</span></span>`;
  return html`<span className="card-foot">
    <span title=${say("Items since the service started")}><b>${whole(live.items)}</b> ${live.items === 1 ? say("item") : say("items")}</span>
    ${live.ms === null || live.ms === undefined ? null : html`<span title=${say("Mean duration of the last ones")}>${milliseconds(live.ms)}</span>`}
    ${live.failed ? html`<span className="err">${say("{count} failed", { count: whole(live.failed) })}</span>` : null}
  </span>`;
}

function Looked({ step, known, starts }) {
  if (!step || !isReached(step)) return html`<span className="card-foot quiet"><span>${known ? say("Not reached") : ""}</span></span>`;
  const out = Object.values(step.outputs).reduce((sum, items) => sum + items.length, 0);
  return html`<span className="card-foot">
    ${starts ? null : html`<span>${say("{count} in", { count: step.inputs.length })}</span>`}<span>${say("{count} out", { count: out })}</span>
    ${step.requests.length ? html`<span>${callCount(step.requests.length)}</span>` : null}
    ${step.failures.length ? html`<span className="err">${say("{count} failed", { count: step.failures.length })}</span>` : null}
  </span>`;
}
