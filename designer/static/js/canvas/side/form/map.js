// Names with values. A name is taken over when its field is left, so that a half typed one disturbs nothing.
import { say } from "../../../texts.js";
import { addKey, removeKey, renameKey } from "../../../form/values.js";
import { isObject } from "../../../graph/document.js";
import { html, useState } from "../../react.js";
import { Icon } from "../../icon.js";
import { useFocusNext } from "./focus_next.js";
import { KeyInput } from "./key_input.js";

const SHORT = ["boolean", "choice", "integer", "json", "number", "text"];

export function MapControl({ field, at }) {
  const entries = Object.entries(isObject(at.shown) ? at.shown : {});
  const [box, focusNext] = useFocusNext();
  const [adding, setAdding] = useState(false);
  const taken = entries.map(([key]) => key);
  const add = (key) => {
    setAdding(false);
    if (!key) return focusNext(".adder");
    at.update((values) => addKey(values, at.path, key, field));
    focusNext(`${rowOf(key)} .map-value :is(input, textarea, select)`);
  };
  const rename = (from, to, stays) => {
    at.update((values) => renameKey(values, at.path, from, to, field));
    if (stays) focusNext(`${rowOf(to)} .map-key input`);
  };
  const remove = (key) => {
    at.update((values) => removeKey(values, at.path, key, field));
    focusNext(".adder");
  };
  return html`<div className="items map" ref=${box}>
    ${entries.length ? html`<ul>${entries.map(([key, value], n) => html`<li key=${n} className=${`item${SHORT.includes(field.keyed.kind) ? " beside" : ""}`} data-key=${key}>
      <${Row} field=${field} at=${at} name=${key} value=${value} taken=${taken} rename=${rename} remove=${remove} />
    </li>`)}</ul>` : at.readOnly ? html`<p className="quiet">${say("None")}</p>` : null}
    ${adding ? html`<${KeyInput} field=${field} at=${at} name="" taken=${taken} fresh done=${add} />` : null}
    ${at.readOnly || adding ? null : html`<button type="button" className="adder" aria-label=${say("Add to {what}", { what: field.title })} onClick=${() => { setAdding(true); focusNext(".map-new input"); }}><${Icon} name="plus" size=${15} />${say("Add")}</button>`}
  </div>`;
}

/** By its key, for keys that look like numbers stand first wherever they were added. */
const rowOf = (key) => `[data-key="${CSS.escape(key)}"]`;

function Row({ field, at, name, value, taken, rename, remove }) {
  return html`
    <div className="item-line">
      <${KeyInput} field=${field} at=${at} name=${name} taken=${taken} done=${(to, stays) => to && rename(name, to, stays)} />
      ${at.readOnly ? null : html`<span className="item-acts"><button type="button" className="ghost" data-act="remove" title=${say("Remove")} aria-label=${say("Remove {what}", { what: name })} onClick=${() => remove(name)}><${Icon} name="trash-2" size=${14} /></button></span>`}
    </div>
    <div className="map-value"><${at.form.Field} field=${field.keyed} path=${[...at.path, name]} value=${value} label=${say("Value of {name}", { name })} /></div>
  `;
}
