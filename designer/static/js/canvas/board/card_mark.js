// The mark in the corner of a box: problems of the draft first, else how the step went in the run that is looked at.
import { html } from "../react.js";
import { Icon } from "../icon.js";
import { incidentCount, problemCount } from "../counts.js";
import { useEditor, usePicked } from "../context.js";
import { liveAt } from "../state/derived.js";
import { select } from "../state/editor.js";
import { lookAt } from "../state/past_run.js";

const SYMBOLS = { done: ["ok", "check"], parked: ["err", "x"], pending: ["run", "loader"], skipped: ["", "minus"] };

/** @param {{slug: string, faults: number}} props */
export function CardMark({ slug, faults }) {
  const editor = useEditor();
  const state = usePicked((now) => now.overlay?.steps.get(slug)?.state ?? null);
  const open = usePicked((now) => (now.overlay ? 0 : (liveAt(now, slug)?.open ?? 0)));
  if (faults) {
    const label = problemCount(faults);
    const show = () => {
      select(editor, { nodes: [slug] });
      editor.set({ tab: "settings" });
    };
    return html`<button type="button" className="card-mark err nodrag" title=${label} aria-label=${label} onClick=${show}>${faults}</button>`;
  }
  if (state) {
    const [tone, symbol] = SYMBOLS[state] ?? SYMBOLS.skipped;
    return html`<span className=${`card-mark ${tone}`}><${Icon} name=${symbol} size=${13} /></span>`;
  }
  if (!open) return null;
  const label = incidentCount(open);
  return html`<button type="button" className="card-mark warn nodrag" title=${label} aria-label=${label} onClick=${() => lookAt(editor, slug)}>${open > 99 ? "99+" : open}</button>`;
}
