// Text as it is typed: it stays while the document holds what came of it, whatever that looks like when it is written anew.
import { useState } from "../../react.js";

/**
 * @param {unknown} value in the document; `keep` gets what typing made of it there
 * @param {(value: unknown) => string} write
 * @returns {{text: string, keep: (text: string, value: unknown) => void, leave: () => void}}
 */
export function useDraft(value, write) {
  const [draft, setDraft] = useState(null);
  return {
    text: draft && Object.is(draft.value, value) ? draft.text : write(value),
    keep: (text, made) => setDraft({ text, value: made }),
    leave: () => setDraft(null),
  };
}
