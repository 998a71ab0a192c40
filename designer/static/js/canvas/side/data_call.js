// A call that went out, or in a test run was captured instead.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { Fault } from "./fault.js";
import { Tree } from "./tree.js";

/** @param {{call: {request: any, answer: any, failed: object|null}, trial: boolean}} props */
export function Call({ call: { request, answer, failed }, trial }) {
  const answered = answer !== null && answer !== undefined;
  return html`<section className="box data-box data-call">
    <h4><span className="chip">${request.method}</span><span className="mono data-url">${request.url.replace(/:$/, "")}</span>${mark(trial, failed, answered)}</h4>
    <div className="tree"><${Tree} value=${{ body: request.body }} depth=${3} /><${Tree} value=${{ headers: request.headers }} depth=${0} /></div>
    ${answered ? html`<div className="tree"><${Tree} value=${{ [trial ? say("answer in the sandbox") : say("answer")]: answer }} depth=${1} /></div>` : null}
    ${failed ? html`<${Fault} problem=${failed} />` : null}
  </section>`;
}

function mark(trial, failed, answered) {
  if (failed) return html`<span className="badge err">${say("Failed")}</span>`;
  if (trial) return html`<span className="badge">${say("Captured")}</span>`;
  return answered ? html`<span className="badge ok">${say("Answered")}</span>` : html`<span className="badge">${say("No answer recorded")}</span>`;
}
