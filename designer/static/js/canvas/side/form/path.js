// The path of a field, with the known ones to choose from.
import { html, useMemo, useRef } from "../../react.js";
import { matching, offersOfPath } from "../text/suggestions.js";
import { useDraft } from "./draft.js";
import { useKnownFields } from "./known_fields.js";
import { useSuggest } from "./suggest.js";
import { placeholder } from "./text.js";

export function PathControl({ field, at, label }) {
  const shown = (value) => value ?? (value === undefined && field.nullable ? field.default : null) ?? "";
  const { text, keep, leave } = useDraft(at.value, shown);
  const write = (typed) => keep(typed, at.change(typed || undefined));
  return html`<${PathBox} ...${at.aria} text=${String(text)} slug=${at.slug} lists=${!field.pattern || field.pattern.includes("(\\[\\])")} readOnly=${at.readOnly} aria-label=${label} placeholder=${placeholder(field)} write=${write} onBlur=${leave} />`;
}

/** @param {{text: string, slug: string|null, lists?: boolean, write: (text: string) => void}} props and those of an input; `lists`: whether `lines[].qty` may be named; `slug` null: no suggestions */
export function PathBox({ text, slug, lists = true, write, readOnly, onBlur, onKeyDown, ...more }) {
  const box = useRef(null);
  const fields = useKnownFields(slug);
  const offers = useMemo(() => offersOfPath(fields).filter(({ key }) => lists || !key.includes("[]")), [fields, lists]);
  const find = (typed, _, asked) => (readOnly || (!typed && !asked) ? null : { offers: exceptSame(matching(offers, typed), typed), word: null });
  const suggest = useSuggest({ box, find, write, take: (_, __, offer) => ({ text: offer.insert, caret: offer.insert.length }) });
  const type = (event) => {
    write(event.target.value);
    suggest.look(event.target.value, 0, false);
  };
  const press = (event) => {
    if (suggest.press(event)) return;
    if (event.key === "ArrowDown" && !suggest.open) suggest.look("", 0, true);
    onKeyDown?.(event);
  };
  const leave = (event) => {
    suggest.close();
    onBlur?.(event);
  };
  return html`<span className="suggesting">
    <input ...${more} ...${suggest.aria} ref=${box} className="entry code-entry" type="text" role="combobox" aria-expanded=${suggest.open} value=${text} readOnly=${readOnly} spellCheck=${false} autoComplete="off" autoCapitalize="off" onInput=${type} onKeyDown=${press} onBlur=${leave} />
    ${suggest.list}
  </span>`;
}

const exceptSame = (offers, typed) => (offers.length === 1 && offers[0].key === typed ? [] : offers);
