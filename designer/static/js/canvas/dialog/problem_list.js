// What hinders, as a short list.
import { html } from "../react.js";

/** @param {{problems: {code: string, where: string, what: string, do: string}[]}} props */
export const ProblemSummary = ({ problems }) =>
  problems.length
    ? html`<ul className="dialog-problems" role="alert">
        ${problems.map((one, n) => html`<li key=${n} className="problem err"><span className="where">${one.where}</span><b>${one.what}</b>${one.do ? html`<span className="do">${one.do}</span>` : null}</li>`)}
      </ul>`
    : null;
