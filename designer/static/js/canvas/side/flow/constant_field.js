// The value of a constant: JSON or a plain word, with the kind that it was read as, and how expressions read it.
import { say } from "../../../texts.js";
import { html } from "../../react.js";
import { useField } from "../form/context.js";
import { useDraft } from "../form/draft.js";
import { Growing } from "../form/growing.js";
import { Problems } from "../form/problems.js";
import { keyOf } from "../text/placing.js";
import { valueIn } from "../text/json_text.js";
import { reading } from "../text/field_access.js";
import { CopyButton } from "../copy_button.js";
import { constantKind, constantText } from "./constant_text.js";

const KINDS = {
  empty: () => say("Empty text"),
  text: () => say("Text"),
  number: () => say("Number"),
  boolean: () => say("Yes or no"),
  list: () => say("List"),
  object: () => say("Object"),
  null: () => say("No value"),
};

/** @param {{field: object, path: (string|number)[], value: unknown, label: string}} props */
export function ConstantField({ field, path, value, label }) {
  const at = useField(field, path, value);
  const { text, keep, leave } = useDraft(value, constantText);
  const type = ({ target }) => keep(target.value, at.change(valueIn(target.value)));
  const read = reading(path.at(-1), "flow.constants");
  return html`<div className="setting" data-path=${keyOf(path)}>
    <${Growing} ...${at.aria} code text=${text} readOnly=${at.readOnly} aria-label=${label} spellCheck=${false} onInput=${type} onBlur=${leave} />
    <p className="hook"><span className="badge">${KINDS[constantKind(value)]()}</span><code title=${read}>${read}</code><${CopyButton} text=${read} label=${say("Copy {text}", { text: read })} /></p>
    <${Problems} id=${`${at.id}-problems`} problems=${at.problems} />
  </div>`;
}
