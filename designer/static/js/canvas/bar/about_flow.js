// The flow itself: its title, description and hook addresses, in the side panel.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { select } from "../state/editor.js";
import { Tool } from "./tool.js";

export function AboutFlow() {
  const editor = useEditor();
  const about = usePicked((state) => state.about && !state.selection.nodes.length && !state.selection.wires.length);
  const turn = () => {
    select(editor, {});
    editor.set({ about: !about });
  };
  return html`<${Tool} icon="settings-2" label=${say("About this flow")} pressed=${about} run=${turn} />`;
}
