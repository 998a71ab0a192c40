// What came of a test run: a line of sums, the runs that one sample gave, the steps in order.
import { say } from "../../texts.js";
import { slugsIn } from "../../graph/document.js";
import { html } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { orderName } from "../order_name.js";
import { clearOverlay, isStale, sums } from "../state/overlay.js";
import { chooseRun, runTrial } from "../state/trial.js";
import { KeepAsTest } from "./keep_as_test.js";
import { StepRows } from "./step_rows.js";

export function TrialResult() {
  const editor = useEditor();
  const overlay = usePicked((state) => state.overlay);
  const stale = usePicked(isStale);
  const all = slugsIn(overlay.document).length;
  const { reached, calls, failures } = sums(overlay.steps);
  return html`<div className="trial-result">
    <div className="trial-line">
      <p role="status" title=${overlay.title}><span className=${`badge dot ${failures ? "err" : "ok"}`}>${failures ? say("Failures: {count}", { count: failures }) : say("Went through")}</span> ${summary({ reached, all, calls, runs: overlay.runs.length })}</p>
      <span className="row">
        <${KeepAsTest} />
        <button type="button" className="button small" onClick=${() => clearOverlay(editor)}>${say("Clear")}</button>
      </span>
    </div>
    ${stale ? html`<p className="trial-stale warn" role="status"><span>${say("The flow was changed since: this is what came of it before.")}</span> <button type="button" className="button small" onClick=${() => runTrial(editor)}>${say("Run again")}</button></p>` : null}
    ${overlay.runs.length > 1 ? html`<${RunChoice} overlay=${overlay} choose=${(n) => chooseRun(editor, n)} />` : null}
    <${StepRows} steps=${overlay.steps} />
  </div>`;
}

function summary({ reached, all, calls, runs }) {
  if (!runs) return say("Nothing started: the trigger made no order of it.");
  return say("{reached} of {all} steps reached · calls captured: {calls} · nothing was sent", { reached, all, calls });
}

const RunChoice = ({ overlay, choose }) =>
  html`<label className="trial-runs"><span>${say("Order")}</span><select className="field" value=${overlay.chosen} onChange=${(event) => choose(Number(event.target.value))}>
    ${overlay.runs.map((run, n) => html`<option key=${n} value=${n}>${say("{number} of {count}", { number: n + 1, count: overlay.runs.length })} · ${orderName(run.order_key)}</option>`)}
  </select></label>`;
