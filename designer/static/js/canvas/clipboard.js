// Copy, cut and paste by the system's clipboard, as a piece of a flow document: also into another flow, or a text editor.
import { say } from "../texts.js";
import { fragmentOf, paste } from "../graph/clipboard.js";
import { useEffect } from "./react.js";
import { useEditor } from "./context.js";
import { documentOf, edit } from "./state/editor.js";
import { removeSelected } from "./shortcuts.js";

const elsewhere = (event) => event.target.closest?.("input, textarea, select, [contenteditable], dialog") || getSelection()?.toString();

export function useClipboard() {
  const editor = useEditor();
  useEffect(() => {
    const copy = (event) => {
      const { nodes } = editor.get().selection;
      if (!nodes.length || elsewhere(event)) return;
      event.preventDefault();
      event.clipboardData.setData("text/plain", fragmentOf(documentOf(editor.get()), nodes));
      if (event.type === "cut" && !editor.get().readOnly) removeSelected(editor);
    };
    const insert = (event) => {
      if (editor.get().readOnly || event.target.closest?.("input, textarea, select, dialog")) return;
      if (pasteText(editor, event.clipboardData.getData("text/plain"))) event.preventDefault();
    };
    const handlers = { copy, cut: copy, paste: insert };
    for (const [name, handler] of Object.entries(handlers)) addEventListener(name, handler);
    return () => {
      for (const [name, handler] of Object.entries(handlers)) removeEventListener(name, handler);
    };
  }, [editor]);
}

/** @returns {boolean} whether the text was a piece of a flow */
export function pasteText(editor, text) {
  const pasted = paste(documentOf(editor.get()), text);
  if (pasted) edit(editor, say("Paste"), pasted.doc, { select: { nodes: pasted.slugs } });
  return Boolean(pasted);
}
