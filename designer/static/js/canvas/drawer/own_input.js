// Data of one's own for a test run: at which trigger they arrive, and the JSON.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { documentOf } from "../state/editor.js";
import { chooseSample, triggersOf } from "../state/trial.js";
import { useTriggerTitles } from "./sample_choice.js";

export function OwnInput() {
  const editor = useEditor();
  const doc = usePicked(documentOf);
  const types = usePicked((state) => state.types);
  const { trigger, text } = usePicked((state) => state.trial);
  const title = useTriggerTitles();
  const triggers = triggersOf(doc, types);
  return html`<div className="trial-own">
    <label><span>${say("Arrives at")}</span><select className="field" value=${triggers.includes(trigger) ? trigger : (triggers[0] ?? "")} onChange=${(event) => chooseSample(editor, { trigger: event.target.value })}>
      ${triggers.map((slug) => html`<option key=${slug} value=${slug}>${title(slug)}</option>`)}
    </select></label>
    <label className="trial-json"><span>${say("One object as the shop sends it, or a list of them")}</span>
      <textarea className="field mono" rows="5" spellCheck="false" autoComplete="off" value=${text} placeholder="{ }" onChange=${(event) => chooseSample(editor, { text: event.target.value })}></textarea>
    </label>
  </div>`;
}
