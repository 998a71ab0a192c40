// A way into conditions: a field, how to compare, with what. It writes the expression and steps aside.
import { say } from "../../../texts.js";
import { html, useId, useState } from "../../react.js";
import { conditionText, OPERATORS } from "../text/condition_text.js";
import { useKnownFields } from "./known_fields.js";
import { PathBox } from "./path.js";

const LABELS = {
  "==": () => say("is"),
  "!=": () => say("is not"),
  ">": () => say("is more than"),
  ">=": () => say("is at least"),
  "<": () => say("is less than"),
  "<=": () => say("is at most"),
  contains: () => say("contains"),
  in: () => say("is one of"),
  set: () => say("is set"),
};
const SIGNS = { "==": "=", "!=": "≠", ">": ">", ">=": "≥", "<": "<", "<=": "≤" };

/** @param {{slug: string, done: (text: string) => void}} props */
export function ConditionBuilder({ slug, done }) {
  const id = useId();
  const [path, setPath] = useState("");
  const [operator, setOperator] = useState("==");
  const [value, setValue] = useState("");
  const known = useKnownFields(slug).find((field) => field.path === path);
  const made = conditionText({ path, operator, value, kind: known?.kind });
  const finish = () => made && done(made);
  const enter = (event) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    finish();
  };
  return html`<div className="builder" role="group" aria-label=${say("Build the condition")}>
    <${PathBox} id=${`${id}-field`} text=${path} slug=${slug} aria-label=${say("Field to compare")} placeholder=${say("Field")} write=${setPath} />
    <select className="entry" value=${operator} aria-label=${say("Comparison")} onChange=${(event) => setOperator(event.target.value)}>
      ${OPERATORS.map((one) => html`<option key=${one} value=${one}>${SIGNS[one] ? `${SIGNS[one]}  ${LABELS[one]()}` : LABELS[one]()}</option>`)}
    </select>
    ${operator === "set" ? null : html`<${Value} id=${id} operator=${operator} known=${known} value=${value} write=${setValue} enter=${enter} />`}
    <button type="button" className="button small" disabled=${!made} onClick=${finish}>${say("Use")}</button>
    ${made ? html`<code className="builder-text">${made}</code>` : null}
  </div>`;
}

function Value({ id, operator, known, value, write, enter }) {
  const choices = known?.choices ?? (known?.kind === "boolean" ? ["true", "false"] : null);
  const placeholder = operator === "in" ? say("a, b, c") : known?.kind === "money" ? "500.00" : known?.kind === "time" ? "2026-01-31" : say("Value");
  return html`
    <input className="entry" type="text" value=${value} list=${choices ? `${id}-choices` : undefined} aria-label=${say("Value to compare with")} placeholder=${placeholder} autoComplete="off" onInput=${(event) => write(event.target.value)} onKeyDown=${enter} />
    ${choices ? html`<datalist id=${`${id}-choices`}>${choices.map((one) => html`<option key=${one} value=${one}></option>`)}</datalist>` : null}
  `;
}
