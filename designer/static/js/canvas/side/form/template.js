// The text of a message, with places for values of the item.
import { html, useMemo, useRef } from "../../react.js";
import { completedPlace, matching, offersOfTemplate, placeAt } from "../text/suggestions.js";
import { useDraft } from "./draft.js";
import { Growing } from "./growing.js";
import { useKnownFields } from "./known_fields.js";
import { useSuggest } from "./suggest.js";
import { placeholder } from "./text.js";

const written = (value) => (value === undefined || value === null ? "" : String(value));

export function TemplateControl({ field, at, label }) {
  const area = useRef(null);
  const { text, keep, leave } = useDraft(at.value, written);
  const fields = useKnownFields(at.slug);
  const offers = useMemo(() => offersOfTemplate(fields), [fields]);
  const find = (all, caret, asked) => {
    const word = placeAt(all, caret) ?? (asked ? { from: caret, to: caret, word: "" } : null);
    return word && { word, offers: matching(offers, word.word) };
  };
  const write = (typed) => keep(typed, at.change(typed || undefined));
  const suggest = useSuggest({ box: area, find, write, take: (all, word, offer) => completedPlace(all, word, offer.insert) });
  const type = (event) => {
    write(event.target.value);
    suggest.look(event.target.value, event.target.selectionStart, false);
  };
  const blur = () => {
    leave();
    suggest.close();
  };
  return html`<span className="suggesting">
    <${Growing} ...${at.aria} ...${suggest.aria} area=${area} text=${text} readOnly=${at.readOnly} aria-label=${label} placeholder=${placeholder(field)} onInput=${type} onKeyDown=${suggest.press} onClick=${suggest.close} onBlur=${blur} />
    ${at.readOnly ? null : suggest.list}
  </span>`;
}
