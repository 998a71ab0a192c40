// The steps that a run reached, in order: what went in and out, calls, failures. A click leads to the node.
import { say } from "../../texts.js";
import { nodeIn } from "../../graph/document.js";
import { html } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { titleOf } from "../board/shapes.js";
import { whole } from "../numbers.js";
import { documentOf } from "../state/editor.js";
import { isReached, outputs } from "../state/overlay.js";
import { lookAt } from "../state/past_run.js";

/** @param {{steps: Map<string, object>}} props in the order of work */
export function StepRows({ steps }) {
  const rows = [...steps.values()].filter(isReached);
  if (!rows.length) return html`<p className="quiet">${say("No step was reached.")}</p>`;
  return html`<div className="scroll"><table className="table step-rows">
    <thead><tr><th>${say("Step")}</th><th className="end">${say("In")}</th><th className="end">${say("Out")}</th><th className="end">${say("Calls")}</th><th className="end">${say("Failures")}</th></tr></thead>
    <tbody>${rows.map((step) => html`<${Row} key=${step.slug} step=${step} />`)}</tbody>
  </table></div>`;
}

function Row({ step }) {
  const editor = useEditor();
  const node = usePicked((state) => nodeIn(documentOf(state), step.slug));
  const types = usePicked((state) => state.types);
  const language = usePicked((state) => state.language);
  const selected = usePicked((state) => state.selection.nodes.includes(step.slug));
  const type = types.get(step.use);
  const title = node ? titleOf(node, type, step.slug, language) : step.slug;
  return html`<tr className=${selected ? "chosen" : undefined} data-step=${step.slug}>
    <td><button type="button" className=${`step-name f-${type?.family ?? "unknown"}`} disabled=${!node} aria-pressed=${selected} onClick=${() => lookAt(editor, step.slug)}><span className="card-icon"><${Icon} name=${type?.icon ?? "box"} size=${15} /></span><span>${title}</span></button></td>
    <td className="end">${step.inputs.length ? whole(step.inputs.length) : "–"}</td><td className="end">${whole(outputs(step))}</td>
    <td className="end">${step.requests.length ? whole(step.requests.length) : "–"}</td>
    <td className="end">${step.failures.length ? html`<span className="badge err dot">${whole(step.failures.length)}</span>` : "–"}</td>
  </tr>`;
}
