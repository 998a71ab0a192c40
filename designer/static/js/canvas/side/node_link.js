// A node by its icon and title; a click selects it.
import { nodeIn } from "../../graph/document.js";
import { html } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { documentOf, select } from "../state/editor.js";
import { titleOf } from "../board/shapes.js";

/** @param {{slug: string}} props */
export function NodeLink({ slug }) {
  const editor = useEditor();
  const node = usePicked((state) => nodeIn(documentOf(state), slug));
  const types = usePicked((state) => state.types);
  const language = usePicked((state) => state.language);
  if (!node) return html`<code>${slug}</code>`;
  const type = types.get(node.use) ?? null;
  const show = () => {
    select(editor, { nodes: [slug] });
    editor.set({ pointed: slug });
  };
  return html`<button type="button" className=${`node-link f-${type?.family ?? "unknown"}`} onClick=${show}><${Icon} name=${type?.icon ?? "box"} size=${15} /><span>${titleOf(node, type, slug, language)}</span></button>`;
}
