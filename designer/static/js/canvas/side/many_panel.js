// Several selected at once: what can be done with all of them.
import { say } from "../../texts.js";
import { fragmentOf } from "../../graph/clipboard.js";
import { nodeIn } from "../../graph/document.js";
import { setDisabled } from "../../graph/nodes.js";
import { html } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { documentOf, edit } from "../state/editor.js";
import { tell } from "../state/notices.js";
import { CloseSide } from "./close_side.js";
import { removeAll } from "./removing.js";

/** @param {{nodes: string[], wires: string[]}} props */
export function ManyPanel({ nodes, wires }) {
  const editor = useEditor();
  const readOnly = usePicked((state) => state.readOnly);
  const off = usePicked((state) => nodes.every((slug) => nodeIn(documentOf(state), slug)?.disabled));
  const copy = async () => {
    await navigator.clipboard.writeText(fragmentOf(documentOf(editor.get()), nodes));
    tell(editor, "ok", say("Copied. Paste it here, into another flow, or into a text."));
  };
  const turn = () => edit(editor, off ? say("Switch on") : say("Switch off"), nodes.reduce((doc, slug) => setDisabled(doc, slug, !off), documentOf(editor.get())));
  return html`
    <header className="side-head plain"><h2>${say("{count} selected", { count: nodes.length + wires.length })}</h2><${CloseSide} /></header>
    <div className="side-body"><div className="side-acts">
      ${nodes.length ? html`<button type="button" className="button" onClick=${copy}><${Icon} name="copy" size=${16} />${say("Copy")}</button>` : null}
      ${nodes.length && !readOnly ? html`<button type="button" className="button" onClick=${turn}><${Icon} name="power" size=${16} />${off ? say("Switch on") : say("Switch off")}</button>` : null}
      ${readOnly ? null : html`<button type="button" className="button danger" onClick=${() => removeAll(editor, nodes, wires)}><${Icon} name="trash-2" size=${16} />${say("Delete")}</button>`}
    </div></div>
  `;
}
