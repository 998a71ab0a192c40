// Problems as they are shown everywhere: what is wrong, and what to do.
import { html } from "../react.js";

/** @param {{problems: {what: string, do?: string, where?: string}[], tone?: string}} props */
export const Faults = ({ problems, tone = "err" }) =>
  problems.map(
    (one, n) => html`<div key=${n} className=${`problem ${tone}`} role="alert">
      ${one.where ? html`<span className="where">${one.where}</span>` : null}
      <b>${one.what}</b>
      ${one.do ? html`<span className="do">${one.do}</span>` : null}
    </div>`,
  );
