// Any value: JSON, or a plain word without quotes.
import { html } from "../../react.js";
import { textOf, valueIn } from "../text/json_text.js";
import { useDraft } from "./draft.js";
import { Growing } from "./growing.js";

export function JsonControl({ field, at, label }) {
  const { text, keep, leave } = useDraft(at.value, textOf);
  const type = (event) => {
    const typed = event.target.value;
    keep(typed, at.change(valueIn(typed)));
  };
  const sample = field.default === undefined || field.default === null ? undefined : textOf(field.default);
  return html`<${Growing} ...${at.aria} code text=${text} readOnly=${at.readOnly} aria-label=${label} placeholder=${sample} spellCheck=${false} onInput=${type} onBlur=${leave} />`;
}
