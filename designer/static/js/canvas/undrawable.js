// In place of the board, where a document cannot be drawn: what is wrong with it, and where it can be read.
import { say } from "../texts.js";
import { html } from "./react.js";
import { Faults } from "./drawer/faults.js";

/** @param {{flow: string, problems: {what: string, do?: string}[]}} props */
export const Undrawable = ({ flow, problems }) =>
  html`<section className="undrawable" aria-labelledby="undrawable">
    <h2 id="undrawable">${say("This flow cannot be drawn")}</h2>
    <p>${say("Its document is not of the form that the canvas knows. Nothing was changed, and nothing is lost.")}</p>
    <${Faults} problems=${problems} />
    <p className="row"><a className="button" href=${`/flows/${flow}`}>${say("Page of the flow")}</a><a className="button" href="/flows">${say("All flows")}</a></p>
  </section>`;
