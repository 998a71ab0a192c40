// Several fields that belong together; one that may be null is put in and taken out as a whole.
import { say } from "../../../texts.js";
import { html } from "../../react.js";
import { Icon } from "../../icon.js";
import { isObject } from "../../../graph/document.js";
import { own } from "../../../graph/own.js";
import { emptyValue } from "../../../form/values.js";

export function ObjectControl({ field, at }) {
  const there = isObject(at.shown);
  if (!there && field.nullable) {
    return at.readOnly
      ? html`<p className="quiet">${say("None")}</p>`
      : html`<button type="button" className="adder" aria-label=${say("Set up {what}", { what: field.title })} onClick=${() => at.change(emptyValue(field))}><${Icon} name="plus" size=${15} />${say("Set up")}</button>`;
  }
  return html`<div className="inset">
    ${field.fields.map((one) => html`<${at.form.Field} key=${one.name} field=${one} path=${[...at.path, one.name]} value=${there ? own(at.shown, one.name) : undefined} />`)}
    ${field.nullable && !at.readOnly ? html`<button type="button" className="adder" aria-label=${say("Remove {what}", { what: field.title })} onClick=${() => at.change(undefined)}><${Icon} name="x" size=${15} />${say("Remove")}</button>` : null}
  </div>`;
}
