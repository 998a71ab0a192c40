// What a node is, and what it is called.
import { say } from "../../texts.js";
import { isObject, nodeIn, textIn } from "../../graph/document.js";
import { setTitle } from "../../graph/nodes.js";
import { html, useState } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { documentOf, edit } from "../state/editor.js";
import { kindOf, titleOf } from "../board/shapes.js";
import { CloseSide } from "./close_side.js";
import { HelpText } from "./help_text.js";
import { Slug } from "./slug.js";

/** @param {{slug: string}} props */
export function NodeHead({ slug }) {
  const editor = useEditor();
  const node = usePicked((state) => nodeIn(documentOf(state), slug));
  const type = usePicked((state) => state.types.get(nodeIn(documentOf(state), slug).use) ?? null);
  const language = usePicked((state) => state.language);
  const readOnly = usePicked((state) => state.readOnly);
  const [helping, setHelping] = useState(false);
  const name = (text) => edit(editor, say("Rename"), setTitle(documentOf(editor.get()), slug, language, text), { merge: `title ${slug}` });
  return html`<header className=${`side-head f-${type?.family ?? "unknown"}`}>
    <span className="card-icon"><${Icon} name=${type?.icon ?? "box"} size=${20} /></span>
    <div className="side-names">
      <input className="side-title" type="text" value=${textIn(node.title, language)} placeholder=${titleOf({ title: isObject(node.title) ? { ...node.title, [language]: "" } : {} }, type, slug, language)} maxLength="200" readOnly=${readOnly} aria-label=${say("Title")} onInput=${(event) => name(event.target.value)} />
      <p className="side-kind"><span>${kindOf(node, type)}</span><${Slug} key=${slug} slug=${slug} /></p>
    </div>
    ${type?.help ? html`<button type="button" className="ghost square" aria-expanded=${helping} aria-controls="side-help" title=${say("What this node does")} aria-label=${say("What this node does")} onClick=${() => setHelping(!helping)}><${Icon} name="circle-help" size=${17} /></button>` : null}
    <${CloseSide} />
    ${helping && type?.help ? html`<div className="side-help" id="side-help"><${HelpText} text=${type.help} /><code className="quiet">${type.use}</code></div>` : null}
  </header>`;
}
