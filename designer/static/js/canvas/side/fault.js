// One problem in the side panel.
import { html } from "../react.js";

/** @param {{problem: {what: string, do: string, code: string}, children?: any}} props */
export const Fault = ({ problem, children }) =>
  html`<div className="problem err"><b>${problem.what}</b>${problem.do ? html`<span className="do">${problem.do}</span>` : null}<code className="code">${problem.code}</code>${children}</div>`;
