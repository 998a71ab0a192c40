// An open incident: the reason, and the decisions that a person may take.
import { say } from "../../texts.js";
import { html, useState } from "../react.js";
import { useEditor } from "../context.js";
import { cancelRun, decide, decisionsFor } from "../state/past_run.js";
import { Fault } from "./fault.js";

const WORDS = {
  again: () => say("Try again"), anew: () => say("Call the flow anew"), skip: () => say("Skip"), sent: () => say("It was sent"), not_sent: () => say("It was not sent"),
  noted: () => say("Noted: let it go on"),
};

/** @param {{incident: object, children?: any, decided?: () => void}} props */
export function Incident({ incident, children, decided }) {
  const editor = useEditor();
  const [busy, setBusy] = useState(false);
  const during = async (work) => {
    setBusy(true);
    await work;
    setBusy(false);
    decided?.();
  };
  const take = (action) => during(decide(editor, incident, action));
  return html`<div className="open-incident" data-incident=${incident.id}><${Fault} problem=${incident.problem}>
    ${children}
    <span className="row" role="group" aria-label=${say("Decide")}>
      ${decisionsFor(incident).map((action) => html`<button key=${action} type="button" className=${`button small${action === "again" ? " primary" : ""}`} disabled=${busy} onClick=${() => take(action)}>${WORDS[action]()}</button>`)}
      ${incident.code !== "run.stands_still" && html`<a className="button small" href=${`/incidents/${incident.id}/mending`}>${say("Mend…")}</a>`}
    </span>
    <small className="quiet">${say("Skip leaves this item out for good.")}</small>
    <details className="sure"><summary className="button small">${say("Give up the order")}</summary>
      <p>${say("The run ends here. What was sent before stays sent; what was not is never sent.")}</p>
      <button type="button" className="button small danger" disabled=${busy} onClick=${() => during(cancelRun(editor, incident.run))}>${say("Cancel the run")}</button>
    </details>
  </></div>`;
}

const ENDS = { resumed: [() => say("Resumed"), "ok"], skipped: [() => say("Skipped"), "warn"], cancelled: [() => say("Cancelled"), ""] };

/** @param {{incident: object}} props an incident that somebody decided */
export function ClosedIncident({ incident }) {
  const [word, tone] = ENDS[incident.state] ?? [() => incident.state, ""];
  return html`<p className="data-closed small"><span className=${`badge dot ${tone}`}>${word()}</span> <span className="quiet">${incident.problem.what}</span></p>`;
}
