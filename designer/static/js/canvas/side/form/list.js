// A list: items are added, removed and put in another order. Items of several fields fold away.
import { say } from "../../../texts.js";
import { addItem, moveItem, removeItem } from "../../../form/values.js";
import { html, useState } from "../../react.js";
import { Icon } from "../../icon.js";
import { useFocusNext } from "./focus_next.js";
import { ListItem } from "./list_item.js";

const FEW = 4;

export function ListControl({ field, at }) {
  const items = Array.isArray(at.shown) ? at.shown : [];
  const [box, focusNext] = useFocusNext();
  const [open, setOpen] = useState(() => new Set(items.length <= FEW ? items.keys() : []));
  const full = field.max !== null && items.length >= field.max;
  const add = () => {
    at.update((values) => addItem(values, at.path, field));
    setOpen(new Set([...open, items.length]));
    focusNext(`[data-item="${items.length}"] :is(input, textarea, select)`);
  };
  const remove = (n) => {
    at.update((values) => removeItem(values, at.path, n, field), (one) => (one === n ? null : one > n ? one - 1 : one));
    setOpen(new Set([...open].filter((one) => one !== n).map((one) => (one > n ? one - 1 : one))));
    focusNext(items.length > 1 ? `[data-item="${Math.min(n, items.length - 2)}"] [data-act="remove"]` : ".adder");
  };
  const move = (n, to) => {
    at.update((values) => moveItem(values, at.path, n, to, field), (one) => (one === n ? to : one === to ? n : one));
    setOpen(new Set([...open].map((one) => (one === n ? to : one === to ? n : one))));
    focusNext(`[data-item="${to}"] [data-act="${to < n ? "up" : "down"}"]:enabled, [data-item="${to}"] [data-act="remove"]`);
  };
  const fold = (n) => setOpen(new Set(open.has(n) ? [...open].filter((one) => one !== n) : [...open, n]));
  return html`<div className="items" ref=${box}>
    ${items.length ? html`<ol>${items.map((item, n) => html`<${ListItem} key=${n} n=${n} count=${items.length} field=${field} item=${item} at=${at} open=${open.has(n)} fold=${fold} remove=${remove} move=${move}>
      <${at.form.Field} field=${field.item} path=${[...at.path, n]} value=${item} label=${say("{what} {number}", { what: field.title, number: n + 1 })} />
    </>`)}</ol>` : at.readOnly ? html`<p className="quiet">${say("None")}</p>` : null}
    ${at.readOnly || full ? null : html`<button type="button" className="adder" aria-label=${say("Add to {what}", { what: field.title })} onClick=${add}><${Icon} name="plus" size=${15} />${say("Add")}</button>`}
  </div>`;
}
