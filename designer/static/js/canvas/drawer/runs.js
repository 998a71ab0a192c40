// The last runs of the flow, renewed while orders come in; each opens on the canvas.
import { say } from "../../texts.js";
import { html, useEffect, useRef, useState } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { moment } from "../moments.js";
import { orderName, RUN_STATES, runState } from "../order_name.js";
import { lastRuns } from "../state/runs_list.js";
import { Faults } from "./faults.js";
import { RunLink } from "./run_link.js";

const PAUSE = 1500;

export function Runs() {
  const [state, setState] = useState("");
  const { items, problems } = useLastRuns(state);
  return html`<div className="runs">
    <div className="trial-start">
      <label className="trial-runs"><span>${say("State")}</span><select className="field" value=${state} onChange=${(event) => setState(event.target.value)}>
        <option value="">${say("All")}</option>${RUN_STATES.map((name) => html`<option key=${name} value=${name}>${runState(name).word}</option>`)}
      </select></label>
      <span className="quiet small">${say("The last {count} runs of this flow. Open one to see on the canvas what happened to its order.", { count: 20 })}</span>
    </div>
    <${Faults} problems=${problems} />
    ${items === null ? html`<p className="quiet">${say("Loading…")}</p>` : items.length ? html`<${Table} runs=${items} />` : html`<p className="quiet">${state ? say("No run of this flow is in this state.") : say("No order has run through this flow yet.")}</p>`}
  </div>`;
}

const Table = ({ runs }) =>
  html`<div className="scroll"><table className="table"><thead><tr><th>${say("Run")}</th><th>${say("Order")}</th><th>${say("State")}</th><th>${say("Accepted at")}</th><th>${say("Version")}</th></tr></thead>
    <tbody>${runs.map((run) => html`<tr key=${run.id}>
      <td className="tight"><${RunLink} id=${run.id} className="num" /></td><td className="key">${orderName(run.order_key)}</td>
      <td><${RunState} state=${run.state} /></td><td className="tight">${moment(run.accepted_at)}</td><td className="num">${run.version}</td>
    </tr>`)}</tbody>
  </table></div>`;

/** @param {{state: string}} props */
export function RunState({ state }) {
  const { word, tone } = runState(state);
  return html`<span className=${`badge dot ${tone}`}>${word}</span>`;
}

/** Asks again when the counts of the running flow moved, at most every second and a half. */
function useLastRuns(state) {
  const editor = useEditor();
  const moved = usePicked((now) => JSON.stringify(now.live?.runs ?? null));
  const [found, setFound] = useState({ items: null, problems: [] });
  const asked = useRef({ at: 0, state: null });
  useEffect(() => {
    let left = false;
    const wait = asked.current.state === state ? Math.max(0, asked.current.at + PAUSE - Date.now()) : 0;
    const timer = setTimeout(async () => {
      asked.current = { at: Date.now(), state };
      const next = await lastRuns(editor, state);
      if (!left) setFound(next);
    }, wait);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [editor, state, moved]);
  return found;
}
