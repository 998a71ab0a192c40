// An expression: monospace, as high as its text, with suggestions and a mark where it cannot be read.
import { say } from "../../../texts.js";
import { html, useMemo, useRef, useState } from "../../react.js";
import { usePicked } from "../../context.js";
import { documentOf } from "../../state/editor.js";
import { completed, matching, offersOfExpression, wordAt } from "../text/suggestions.js";
import { ConditionBuilder } from "./condition_builder.js";
import { useDraft } from "./draft.js";
import { Growing } from "./growing.js";
import { useKnownFields } from "./known_fields.js";
import { useSuggest } from "./suggest.js";
import { placeholder } from "./text.js";

const written = (value) => (value === undefined || value === null ? "" : String(value));

export function CelControl({ field, at, label }) {
  const area = useRef(null);
  const { text, keep, leave } = useDraft(at.value, written);
  const [building, setBuilding] = useState(text === "");
  const write = (typed) => keep(typed, at.change(typed || undefined));
  const suggest = useSuggest({ box: area, find: useFind(at.slug, field.kind), write, take: (all, word, offer) => completed(all, word, offer.insert) });
  const mark = useMark(at);
  const type = (event) => {
    write(event.target.value);
    suggest.look(event.target.value, event.target.selectionStart, false);
  };
  const blur = () => {
    leave();
    suggest.close();
    setBuilding(text === "");
  };
  const built = (made) => {
    write(made);
    setBuilding(false);
    area.current.focus();
  };
  return html`
    ${field.kind === "condition" && building && !at.readOnly ? html`<${ConditionBuilder} slug=${at.slug} done=${built} />` : null}
    <span className="suggesting">
      <${Growing} ...${at.aria} ...${suggest.aria} code area=${area} text=${text} mark=${mark} readOnly=${at.readOnly} aria-label=${label} spellCheck=${false}
        placeholder=${placeholder(field) ?? (field.kind === "condition" ? say("Or write it: item.status == \"shipped\"") : undefined)} onInput=${type} onKeyDown=${suggest.press} onClick=${suggest.close} onBlur=${blur} />
      ${at.readOnly ? null : suggest.list}
    </span>
  `;
}

/** What may stand at the caret: while a word is typed, or all when it is asked for. */
function useFind(slug, kind) {
  const fields = useKnownFields(slug);
  const constants = usePicked((state) => documentOf(state).constants);
  const offers = useMemo(() => offersOfExpression(fields, Object.keys(constants ?? {}), kind === "condition"), [fields, constants, kind]);
  return (text, caret, asked) => {
    const word = wordAt(text, caret);
    if (!word || (!word.word && !asked)) return null;
    const found = matching(offers, word.word);
    return { word, offers: found.length === 1 && found[0].insert === word.word ? [] : found };
  };
}

/** The offset of what cannot be read, as long as the check speaks of this very text. */
function useMark(at) {
  const current = usePicked((state) => state.checked === documentOf(state));
  return current ? (at.problems.find(({ position }) => position !== null)?.position ?? null) : null;
}
