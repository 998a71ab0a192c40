// A short guide beside the board: the first change, step by step. It watches what is done and ticks it off.
import { say } from "../../texts.js";
import { html, useMemo, useRef, useState } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { isNarrow } from "../narrow.js";
import { documentOf } from "../state/editor.js";
import { CONDITION, FROM, progress, TO } from "./first_change.js";

export function Guide() {
  const open = usePicked((state) => state.guide);
  return open ? html`<${FirstChange} />` : null;
}

function FirstChange() {
  const editor = useEditor();
  const doc = usePicked(documentOf);
  const problems = usePicked((state) => state.problems);
  const overlay = usePicked((state) => state.overlay);
  const published = usePicked((state) => state.published);
  const live = usePicked((state) => state.live);
  const first = useRef({ doc, published });
  const { slug, done } = useMemo(
    () => progress(doc, first.current.doc, { problems, overlay, published, firstPublished: first.current.published, live }),
    [doc, problems, overlay, published, live],
  );
  const scenes = usePicked((state) => state.scenes);
  const now = done.indexOf(false);
  const [all, setAll] = useState(false);
  const steps = stepsOf(slug);
  const shown = steps.map((step, n) => ({ ...step, n, state: done[n] ? "done" : n === now ? "now" : "later" })).filter(({ state }) => all || state === "now");
  return html`<section className="guide" aria-label=${say("Guide")}>
    <header><h2>${say("Your first change")}</h2><span className="quiet">${done.filter(Boolean).length} / ${steps.length}</span>
      <button type="button" className="ghost square" aria-expanded=${all} aria-label=${say("All steps")} title=${say("All steps")} onClick=${() => setAll(!all)}><${Icon} name=${all ? "chevron-down" : "chevron-up"} size=${16} /></button>
      <button type="button" className="ghost square" aria-label=${say("Close the guide")} title=${say("Close the guide")} onClick=${() => editor.set({ guide: false })}><${Icon} name="x" size=${16} /></button></header>
    ${now === 0 || all ? html`<p>${say("Orders of an invented shop are running through this flow right now: watch the numbers. Let the team also hear of orders in a foreign currency:")}</p>` : null}
    <ol>${shown.map((step) => html`<${Step} key=${step.n} step=${step} />`)}</ol>
    ${scenes && (now === 0 || now === -1 || all) ? html`<p className="guide-more"><a className="link" href=${scenes}>${say("Or let a shop's clock slip, and see the alarm.")}</a></p>` : null}
    <p className="guide-end" role="status">${now === -1 ? say("Done: the next foreign order took the new way. This is all it takes to change a flow.") : ""}</p>
  </section>`;
}

function Step({ step: { n, state, text, code, show } }) {
  const editor = useEditor();
  return html`<li data-state=${state} aria-current=${state === "now" ? "step" : undefined}>
    <span className="guide-tick">${state === "done" ? html`<${Icon} name="check" size=${13} />` : n + 1}</span>
    <span>${text}${state === "now" && code ? html`<code>${code}</code>` : null}${state === "now" && show ? html` <button type="button" className="link" onClick=${() => show(editor)}>${say("Show me")}</button>` : null}</span>
  </li>`;
}

const point = (slug) => (editor) => editor.set({ selection: { nodes: [slug], wires: [] }, pointed: slug });

const stepsOf = (slug) => [
  { text: isNarrow() ? say("Open the outline, and add “Condition” there.") : say("Drag “Condition” from the list on the left onto the canvas.") },
  { text: say("Draw a wire from “no” of “High priority?” to the new box."), show: point(FROM.node) },
  { text: say("Draw a wire from its “yes” to “Tell the team”."), show: point(TO) },
  { text: say("The box shows a problem: its condition is empty. Select it and write:"), code: CONDITION, show: slug ? point(slug) : null },
  { text: say("Test run: choose the test with a Shopify order. Nothing is sent; each wire shows what went along."), show: (editor) => editor.set({ drawer: "test" }) },
  { text: say("Publish it, with a note."), show: (editor) => editor.set({ dialog: { kind: "publish" } }) },
  { text: say("Watch: the next foreign order takes the new way."), show: slug ? point(slug) : null },
];
