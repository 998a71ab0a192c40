// Undo, redo, tidy up.
import { say } from "../../texts.js";
import { canRedo, canUndo } from "../../graph/history.js";
import { html } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { redoNext, undoLast } from "../state/editor.js";
import { arrangeAll } from "../arranging.js";
import { Tool } from "./tool.js";

/** @param {{narrow: boolean}} props */
export function EditTools({ narrow }) {
  const editor = useEditor();
  const history = usePicked((state) => state.history);
  const [back, forth] = [canUndo(history), canRedo(history)];
  return html`<div className="tools" role="group" aria-label=${say("Edit")}>
    <${Tool} icon="undo-2" keys="Ctrl+Z" disabled=${!back} label=${back ? say("Undo: {what}", { what: back }) : say("Undo")} run=${() => undoLast(editor)} />
    <${Tool} icon="redo-2" keys="Ctrl+Y" disabled=${!forth} label=${forth ? say("Redo: {what}", { what: forth }) : say("Redo")} run=${() => redoNext(editor)} />
    ${narrow ? null : html`<${TidyUp} />`}
  </div>`;
}

/** @param {{named?: boolean}} props */
export function TidyUp({ named }) {
  const editor = useEditor();
  return html`<${Tool} icon="network" named=${named} label=${say("Tidy up")} run=${() => arrangeAll(editor)} />`;
}
