// The name by which wires, tests and runs know a node: shown small, changed with care.
import { say } from "../../texts.js";
import { entriesIn } from "../../graph/document.js";
import { renameNode } from "../../graph/nodes.js";
import { isSlug } from "../../graph/slugs.js";
import { html, useState } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { documentOf, edit } from "../state/editor.js";

/** @param {{slug: string}} props */
export function Slug({ slug }) {
  const readOnly = usePicked((state) => state.readOnly);
  const [open, setOpen] = useState(false);
  if (open) return html`<${Rename} slug=${slug} close=${() => setOpen(false)} />`;
  return html`<span className="slug"><code title=${say("Name in the document")}>${slug}</code>${readOnly ? null : html`<button type="button" id="rename" className="ghost" title=${say("Change the name in the document")} aria-label=${say("Change the name in the document")} onClick=${() => setOpen(true)}><${Icon} name="pencil" size=${13} /></button>`}</span>`;
}

function Rename({ slug, close }) {
  const editor = useEditor();
  const doc = usePicked(documentOf);
  const [text, setText] = useState(slug);
  const fault = faultOf(doc, slug, text);
  const finish = () => {
    close();
    if (text !== slug) edit(editor, say("Change name"), renameNode(doc, slug, text), { select: { nodes: [text] } });
    requestAnimationFrame(() => document.getElementById("rename")?.focus());
  };
  const press = (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && !fault && !event.nativeEvent.isComposing) finish();
  };
  return html`<span className="slug renaming">
    <input className="entry code-entry" type="text" value=${text} maxLength="60" autoFocus spellCheck=${false} aria-label=${say("Name in the document")} aria-invalid=${fault ? true : undefined} aria-describedby="slug-fault" onFocus=${(event) => event.target.select()} onInput=${(event) => setText(event.target.value)} onKeyDown=${press} />
    <button type="button" className="button small" disabled=${Boolean(fault)} onClick=${finish}>${say("Rename")}</button>
    <button type="button" className="ghost square" aria-label=${say("Cancel")} title=${say("Cancel")} onClick=${close}><${Icon} name="x" size=${15} /></button>
    <span className="setting-help" id="slug-fault">${fault ?? say("Wires and tests follow. Runs that began already keep the old name.")}</span>
  </span>`;
}

function faultOf(doc, slug, text) {
  if (!isSlug(text)) return say("Small letters, digits and _, beginning with a letter.");
  return text !== slug && Object.hasOwn(entriesIn(doc), text) ? say("There is one of this name already.") : null;
}
