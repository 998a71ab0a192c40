// One of a few values.
import { say } from "../../../texts.js";
import { html } from "../../react.js";
import { sameValue } from "../../../graph/canonical.js";

export function ChoiceControl({ field, at, label }) {
  const chosen = field.choices.findIndex(({ value }) => sameValue(value, at.shown));
  const foreign = chosen < 0 && at.shown !== undefined && at.shown !== null;
  const open = chosen < 0 || (!field.required && (field.default === undefined || field.default === null));
  const choose = (event) => at.change(event.target.value === "" ? undefined : field.choices[Number(event.target.value)].value);
  return html`<select ...${at.aria} className="entry" value=${chosen < 0 ? "" : String(chosen)} disabled=${at.readOnly} aria-label=${label} onChange=${choose}>
    ${open ? html`<option value="">${foreign ? String(at.shown) : field.required ? say("Choose…") : say("None")}</option>` : null}
    ${field.choices.map((choice, n) => html`<option key=${n} value=${String(n)}>${choice.label}</option>`)}
  </select>`;
}
