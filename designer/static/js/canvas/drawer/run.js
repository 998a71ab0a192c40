// A past run: what is known about it, its timeline, and a way to another run of the flow.
import { say } from "../../texts.js";
import { html, useEffect, useState } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { moment } from "../moments.js";
import { milliseconds } from "../numbers.js";
import { orderName, runState } from "../order_name.js";
import { reload } from "../state/keep.js";
import { loadPastRun } from "../state/past_run.js";
import { lastRuns } from "../state/runs_list.js";
import { Faults } from "./faults.js";
import { runAddress } from "./run_link.js";
import { RunState } from "./runs.js";
import { Timeline } from "./timeline.js";

export function PastRun() {
  const editor = useEditor();
  const overlay = usePicked((state) => (state.overlay?.kind === "run" ? state.overlay : null));
  if (!overlay?.run) return overlay?.problems.length ? html`<${Faults} problems=${overlay.problems} />` : html`<p className="quiet" role="status">${say("Loading…")}</p>`;
  const { run, timeline, problems } = overlay;
  return html`<div className="past-run">
    <div className="past-run-facts">
      <${OtherRuns} current=${run} />
      <${Facts} run=${run} />
      <p className="row">
        <button type="button" className="button small" onClick=${() => loadPastRun(editor)}><${Icon} name="refresh-cw" size=${14} />${say("Load again")}</button>
        <a className="button small" href=${`/runs/${run.id}`}><${Icon} name="external-link" size=${14} />${say("Page of the run")}</a>
      </p>
    </div>
    <div className="past-run-time"><${Faults} problems=${problems} tone="warn" /><${Timeline} items=${timeline} /></div>
  </div>`;
}

const Facts = ({ run }) =>
  html`<dl className="past-run-list">
    <dt>${say("Order")}</dt><dd>${orderName(run.order_key)}</dd>
    <dt>${say("State")}</dt><dd><span role="status"><${RunState} state=${run.state} /></span></dd>
    <dt>${say("Accepted at")}</dt><dd>${moment(run.accepted_at)}</dd>
    <dt>${say("Ended")}</dt><dd>${run.ended_at ? moment(run.ended_at) : "–"}</dd>
    <dt>${say("Duration")}</dt><dd>${run.ended_at ? milliseconds(Date.parse(run.ended_at) - Date.parse(run.accepted_at)) : "–"}</dd>
    <dt>${say("Version")}</dt><dd>${run.version}</dd>
  </dl>`;

function OtherRuns({ current }) {
  const editor = useEditor();
  const flow = usePicked((state) => state.flow);
  const [runs, setRuns] = useState([]);
  useEffect(() => void lastRuns(editor).then(({ items }) => setRuns(items)), [editor, current.state]);
  const all = runs.some((run) => run.id === current.id) ? runs : [current, ...runs];
  return html`<label className="trial-runs"><span>${say("Run")}</span><select className="field" value=${current.id} onChange=${(event) => reload(runAddress(flow, event.target.value))}>
    ${all.map((run) => html`<option key=${run.id} value=${run.id}>${orderName(run.order_key)} · ${runState(run.state).word} · ${run.id}</option>`)}
  </select></label>`;
}
