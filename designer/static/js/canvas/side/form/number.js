// A whole or decimal number.
import { say } from "../../../texts.js";
import { html } from "../../react.js";
import { numberIn } from "../text/number_text.js";
import { useDraft } from "./draft.js";
import { placeholder } from "./text.js";

const written = (value) => (value === undefined || value === null ? "" : String(value));

export function NumberControl({ field, at, label }) {
  const { text, keep, leave } = useDraft(at.value, (value) => (value === undefined && field.nullable ? written(field.default) : written(value)));
  const type = (event) => {
    const typed = event.target.value;
    keep(typed, at.change(numberIn(typed)));
  };
  return html`<span className="entry-line">
    <input ...${at.aria} className="entry number" type="text" value=${text} readOnly=${at.readOnly} aria-label=${label} inputMode=${field.kind === "integer" ? "numeric" : "decimal"}
      placeholder=${placeholder(field)} autoComplete="off" onInput=${type} onBlur=${leave} />
    ${bounds(field) ? html`<span className="quiet">${bounds(field)}</span>` : null}
  </span>`;
}

function bounds({ min, max }) {
  if (min !== null && max !== null) return say("{min} to {max}", { min, max });
  return min === null ? (max === null ? null : say("at most {max}", { max })) : say("at least {min}", { min });
}
