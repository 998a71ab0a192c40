// Yes or no.
import { html } from "../../react.js";

export function BooleanControl({ at, label }) {
  return html`<input ...${at.aria} className="switch" type="checkbox" role="switch" checked=${at.shown === true} disabled=${at.readOnly} aria-label=${label} onChange=${(event) => at.change(event.target.checked)} />`;
}
