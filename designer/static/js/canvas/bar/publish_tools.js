// Problems, test run, versions, save, publish.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { problemCount } from "../counts.js";
import { useEditor, usePicked } from "../context.js";
import { isDirty } from "../state/editor.js";
import { save } from "../state/saving.js";
import { Tool } from "./tool.js";

const toggled = (editor, name) => () => editor.set({ drawer: editor.get().drawer === name ? null : name });

/** @param {{narrow: boolean}} props */
export function PublishTools({ narrow }) {
  const editor = useEditor();
  const drawer = usePicked((state) => state.drawer);
  const problems = usePicked((state) => state.problems.length);
  const dirty = usePicked(isDirty);
  const saving = usePicked((state) => state.saving);
  const readOnly = usePicked((state) => state.readOnly);
  const flow = usePicked((state) => state.flow);
  if (readOnly) return html`<div className="tools"><${VersionsTool} named /><a className="tool named primary" href=${`/flows/${flow}/canvas`}>${say("Edit the draft")}</a></div>`;
  return html`<div className="tools" role="group" aria-label=${say("Try and publish")}>
    <${Tool} icon=${problems ? "circle-alert" : "circle-check"} named pressed=${drawer === "problems"} label=${problems ? problemCount(problems) : say("No problems")} run=${toggled(editor, "problems")} />
    <${Tool} icon="flask-conical" named pressed=${drawer === "test"} label=${say("Test run")} run=${toggled(editor, "test")} />
    ${narrow ? null : html`<${VersionsTool} />`}
    <${Tool} icon="save" keys="Ctrl+S" disabled=${!dirty || saving} label=${say("Save draft")} run=${() => save(editor)} />
    <${Tool} icon="rocket" named primary label=${say("Publish")} run=${() => editor.set({ dialog: { kind: "publish" } })} />
  </div>`;
}

/** @param {{named?: boolean}} props */
export function VersionsTool({ named }) {
  const editor = useEditor();
  const open = usePicked((state) => state.drawer === "versions");
  return html`<${Tool} icon="history" named=${named} label=${say("Versions")} pressed=${open} run=${toggled(editor, "versions")} />`;
}
