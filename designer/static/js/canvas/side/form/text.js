// A line of text; also amounts and lengths of time, which are text in the document.
import { say } from "../../../texts.js";
import { html } from "../../react.js";
import { useDraft } from "./draft.js";

const written = (value) => (value === undefined || value === null ? "" : String(value));

export function TextControl({ field, at, label }) {
  const { text, keep, leave } = useDraft(at.value, (value) => (value === undefined && field.nullable ? written(field.default) : written(value)));
  const type = (event) => {
    const typed = event.target.value;
    keep(typed, at.change(typed === "" ? undefined : typed));
  };
  const zones = field.format === "time-zone";
  return html`
    <input ...${at.aria} className="entry" type=${field.secret ? "password" : "text"} value=${text} readOnly=${at.readOnly} aria-label=${label}
      placeholder=${placeholder(field)} inputMode=${field.kind === "money" ? "decimal" : undefined} autoComplete="off" spellCheck=${field.kind === "text" && !field.pattern && !zones}
      list=${zones ? `${at.id}-zones` : undefined} onInput=${type} onBlur=${leave} />
    ${zones ? html`<datalist id=${`${at.id}-zones`}>${Intl.supportedValuesOf("timeZone").map((zone) => html`<option key=${zone} value=${zone}></option>`)}</datalist>` : null}
  `;
}

/** What counts where nothing is written. A sample would pass for it: those stand in the help. @param {object} field */
export function placeholder(field) {
  if (field.nullable && field.default !== null && field.default !== undefined) return say("None");
  if (field.default !== undefined && field.default !== null && field.default !== "") return String(field.default);
  return undefined;
}
