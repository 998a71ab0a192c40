// What a test run starts from, by groups.
import { say } from "../../texts.js";
import { nodeIn } from "../../graph/document.js";
import { html } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { titleOf } from "../board/shapes.js";
import { moment } from "../moments.js";
import { documentOf } from "../state/editor.js";
import { chooseSample, keyOf, KINDS, OWN } from "../state/trial.js";

const GROUPS = {
  event: () => say("Recent orders (masked)"),
  test: () => say("Tests of this flow"),
  example: () => say("Examples of the trigger"),
};

export function SampleChoice() {
  const editor = useEditor();
  const samples = usePicked((state) => state.trial.samples);
  const chosen = usePicked((state) => state.trial.chosen);
  const titles = useTriggerTitles();
  const groups = KINDS.map((kind) => ({ kind, label: GROUPS[kind](), members: (samples ?? []).filter((one) => one.kind === kind) }));
  return html`<label className="trial-sample"><span>${say("Start with")}</span>
    <select className="field" value=${chosen ?? ""} disabled=${samples === null} onChange=${(event) => chooseSample(editor, { chosen: event.target.value })}>
      ${samples === null ? html`<option value="">${say("Loading…")}</option>` : null}
      ${groups.filter(({ members }) => members.length).map(({ kind, label, members }) => html`<optgroup key=${kind} label=${label}>
        ${members.map((one) => html`<option key=${keyOf(one)} value=${keyOf(one)}>${line(one, titles(one.trigger))}</option>`)}
      </optgroup>`)}
      <optgroup label=${say("Own data")}><option value=${OWN}>${say("Own JSON…")}</option></optgroup>
    </select>
  </label>`;
}

/** slug → what the box is called. */
export function useTriggerTitles() {
  const doc = usePicked(documentOf);
  const types = usePicked((state) => state.types);
  const language = usePicked((state) => state.language);
  return (slug) => {
    const node = nodeIn(doc, slug);
    return node ? titleOf(node, types.get(node.use), slug, language) : slug;
  };
}

const line = ({ kind, title, at }, trigger) => (kind === "event" ? [title, moment(at)] : kind === "example" ? [trigger, title] : [title]).join(" · ");
