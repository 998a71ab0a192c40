// Somebody else saved the draft in between: nothing was overwritten, the person decides.
import { say } from "../../texts.js";
import { writeJson } from "../../graph/json.js";
import { html } from "../react.js";
import { useEditor } from "../context.js";
import { documentOf } from "../state/editor.js";
import { replaceOthers, takeOthers } from "../state/publishing.js";
import { Faults } from "../drawer/faults.js";
import { DialogFrame } from "./frame.js";

/** @param {{problems?: object[]}} props `problems`: why the last choice did not work */
export function Conflict({ problems = [] }) {
  const editor = useEditor();
  return html`<${DialogFrame} title=${say("Somebody else changed this draft")}>
    <p>${say("The draft on the server is not the one that you began with. Nothing was overwritten, and your changes are still here.")}</p>
    <div className="choices">
      <${Choice} run=${() => takeOthers(editor)} title=${say("Continue with the other draft")} help=${say("Yours stays one undo away.")} />
      <${Choice} run=${() => replaceOthers(editor)} title=${say("Save mine in its place")} help=${say("The other editor is told.")} />
      <${Choice} run=${() => download(editor)} title=${say("Download mine as a file")} help=${say("Then decide.")} />
    </div>
    <${Faults} problems=${problems} />
  <//>`;
}

const Choice = ({ title, help, run }) => html`<button type="button" className="choice" onClick=${run}><b>${title}</b><span>${help}</span></button>`;

function download(editor) {
  const { flow } = editor.get();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([writeJson(documentOf(editor.get()))], { type: "application/json" }));
  link.download = `${flow}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
