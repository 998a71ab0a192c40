// One field of a form: label, control, help, and what is wrong with it.
import { html, memo } from "../../react.js";
import { marked } from "../help_text.js";
import { byTitle } from "../text/by_title.js";
import { keyOf } from "../text/placing.js";
import { useField } from "./context.js";
import { controlOf } from "./controls.js";
import { isGroup } from "./group_kinds.js";
import { Problems } from "./problems.js";

/**
 * `label` is for a field that has no visible title of its own (an item of a list).
 * @param {{field: object, path: (string|number)[], value: unknown, label?: string}} props
 */
export const Field = memo(FieldShown, (before, now) => before.field === now.field && before.value === now.value && before.label === now.label && keyOf(before.path) === keyOf(now.path));

function FieldShown({ field, path, value, label }) {
  const at = useField(field, path, value);
  const Control = controlOf(field);
  const group = isGroup(field);
  const inline = field.kind === "boolean";
  const named = label ? { "aria-label": label } : group ? { "aria-labelledby": `${at.id}-label` } : {};
  const help = field.help ? html`<p className="setting-help" id=${`${at.id}-help`}>${marked(field.help)}</p>` : null;
  return html`<div className=${`setting${inline ? " inline" : ""}`} data-path=${keyOf(path)} data-kind=${field.kind} ...${group ? { role: "group", "aria-describedby": at.described, ...named } : {}}>
    ${field.title && !label ? html`<${Label} field=${field} at=${at} group=${group} />` : null}
    ${group ? help : null}
    <${Control} field=${field} at=${at} label=${label} />
    ${group ? null : help}
    <${Problems} id=${`${at.id}-problems`} problems=${at.problems.map((one) => byTitle(one, field))} />
  </div>`;
}

function Label({ field, at, group }) {
  const star = field.required ? html`<span className="setting-star" aria-hidden="true">*</span>` : null;
  return group
    ? html`<span className="setting-label" id=${`${at.id}-label`}>${field.title}${star}</span>`
    : html`<label className="setting-label" htmlFor=${at.id}>${field.title}${star}</label>`;
}
