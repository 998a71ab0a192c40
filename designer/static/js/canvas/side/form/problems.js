// What is wrong with a field, right below it.
import { html } from "../../react.js";
import { Icon } from "../../icon.js";

/** @param {{id?: string, problems: {code: string, what: string, do: string}[]}} props */
export function Problems({ id, problems }) {
  if (!problems.length) return null;
  return html`<ul className="setting-problems" id=${id}>
    ${problems.map((one, n) => html`<li key=${n} data-code=${one.code}><${Icon} name="circle-alert" size=${14} /><span>${one.what}${one.do ? html` <span className="do">${one.do}</span>` : null}</span></li>`)}
  </ul>`;
}
