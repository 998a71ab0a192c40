// The flow itself: its title, hook addresses, constants, and how long its runs are kept, in the side panel.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { select } from "../state/editor.js";
import { Tool } from "./tool.js";

/** @param {{named?: boolean}} props */
export function AboutFlow({ named }) {
  const editor = useEditor();
  const about = usePicked((state) => state.about && !state.selection.nodes.length && !state.selection.wires.length);
  const turn = () => {
    select(editor, {});
    editor.set({ about: !about });
  };
  return html`<${Tool} icon="settings-2" named=${named} label=${say("Flow settings")} pressed=${about} run=${turn} />`;
}
