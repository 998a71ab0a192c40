// Publish: a note for the history, what is about to change, and what hinders.
import { say } from "../../texts.js";
import { html, useState } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { runTests } from "../state/flow_tests.js";
import { compareFirst, publishAgain, publishDraft } from "../state/publishing.js";
import { DialogFrame } from "./frame.js";
import { ProblemSummary } from "./problem_list.js";

/** @param {{version?: number}} props `version`: that one is published again; else the draft */
export function Publish({ version }) {
  const editor = useEditor();
  const published = usePicked((state) => state.published);
  const open = usePicked((state) => state.problems);
  const [note, setNote] = useState(version ? say("Back to version {number}", { number: version }) : "");
  const [busy, setBusy] = useState(false);
  const [hinders, setHinders] = useState(version ? [] : open);
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const problems = version ? await publishAgain(editor, version, note) : await publishDraft(editor, note);
    setBusy(false);
    if (problems === null) editor.set({ dialog: null });
    else setHinders(problems);
  };
  return html`<${DialogFrame} title=${version ? say("Publish version {number} again", { number: version }) : say("Publish the draft")}>
    <form onSubmit=${submit}>
      <p className="quiet">${effect(version, published)}</p>
      <label className="stacked"><span>${say("What changed?")}</span>
        <textarea className="field" rows="3" maxLength="500" value=${note} placeholder=${say("A note for the history, such as: foreign orders are told to the team")} onInput=${(event) => setNote(event.target.value)}></textarea>
      </label>
      ${!version && published ? html`<p><button type="button" className="button" onClick=${() => compareFirst(editor)}>${say("See first what past orders would become")}</button></p>` : null}
      <${ProblemSummary} problems=${hinders} />
      <footer>
        ${hinders.some((one) => one.code === "test.red") ? html`<button type="button" className="button" onClick=${() => showTests(editor)}>${say("Show the tests")}</button>` : hinders.length ? html`<button type="button" className="button" onClick=${() => editor.set({ dialog: null, drawer: "problems" })}>${say("Show the problems")}</button>` : null}
        <button type="button" className="button" onClick=${() => editor.set({ dialog: null })}>${say("Cancel")}</button>
        <button className="button primary" aria-disabled=${busy || undefined}>${busy ? say("Publishing…") : say("Publish")}</button>
      </footer>
    </form>
  <//>`;
}

function showTests(editor) {
  editor.set({ dialog: null, drawer: "tests" });
  runTests(editor);
}

function effect(version, published) {
  if (version) return say("The document of version {number} becomes the newest version. New orders run through it at once; orders under way end as they began. Your draft stays.", { number: version });
  return published
    ? say("The draft becomes version {next}. New orders run through it at once; orders under way end on the version that they began with. The tests of the flow run first.", { next: published + 1 })
    : say("The draft becomes version 1, and orders begin to run through it. The tests of the flow run first.");
}
