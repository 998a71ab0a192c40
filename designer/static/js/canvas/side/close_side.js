// Closes the panel: nothing is selected any more.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor } from "../context.js";
import { select } from "../state/editor.js";

export function CloseSide() {
  const editor = useEditor();
  const close = () => {
    select(editor, {});
    editor.set({ about: false });
    document.getElementById("stage")?.focus({ preventScroll: true });
  };
  return html`<button type="button" className="ghost square side-close" title=${say("Close")} aria-label=${say("Close this panel")} onClick=${close}><${Icon} name="x" size=${16} /></button>`;
}
