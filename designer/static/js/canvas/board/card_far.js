// From afar a box shows its numbers as large marks at its upper edge: what went through it, what failed, what needs a hand.
import { html } from "../react.js";
import { incidentCount, problemCount } from "../counts.js";
import { say } from "../../texts.js";
import { whole } from "../numbers.js";
import { usePicked } from "../context.js";
import { liveAt } from "../state/derived.js";
import { isReached } from "../state/overlay.js";

/** @param {{slug: string, faults: number}} props */
export function CardFar({ slug, faults }) {
  const step = usePicked((state) => state.overlay?.steps.get(slug) ?? null);
  const live = usePicked((state) => (state.overlay ? null : liveAt(state, slug)));
  const marks = [...faultMarks(faults), ...(step ? stepMarks(step) : live ? liveMarks(live) : [])];
  return html`<span className="card-far">${marks.map(({ tone, text, title }) => html`<span key=${tone} className=${`far-mark ${tone}`} title=${title}>${text}</span>`)}</span>`;
}

const faultMarks = (count) => (count ? [{ tone: "err", text: `! ${count}`, title: problemCount(count) }] : []);

function stepMarks(step) {
  if (!isReached(step)) return [];
  const failed = step.failures.length;
  const passed = { tone: "plain", text: whole(Math.max(step.inputs.length, 1)), title: say("{count} in", { count: step.inputs.length }) };
  return failed ? [passed, failedMark(failed)] : [passed];
}

function liveMarks({ items, failed, open }) {
  const passed = items ? [{ tone: "plain", text: whole(items), title: say("Items since the service started") }] : [];
  if (open) return [...passed, { tone: "warn", text: `! ${whole(open)}`, title: incidentCount(open) }];
  return failed ? [...passed, failedMark(failed)] : passed;
}

const failedMark = (count) => ({ tone: "warn", text: `× ${whole(count)}`, title: say("{count} failed", { count: whole(count) }) });
