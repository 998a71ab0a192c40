// Canvas or outline.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { Tool } from "./tool.js";

export function ViewSwitch() {
  const editor = useEditor();
  const view = usePicked((state) => state.view);
  return html`<div className="tools joined" role="group" aria-label=${say("View")}>
    <${Tool} icon="workflow" label=${say("Canvas")} named pressed=${view === "canvas"} run=${() => editor.set({ view: "canvas" })} />
    <${Tool} icon="list-tree" label=${say("Outline")} named pressed=${view === "outline"} run=${() => editor.set({ view: "outline" })} />
  </div>`;
}
