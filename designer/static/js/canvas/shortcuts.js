// Keys that work anywhere on the page but in a field.
import { slugsIn } from "../graph/document.js";
import { useEffect } from "./react.js";
import { useEditor } from "./context.js";
import { removeAll } from "./side/removing.js";
import { documentOf, redoNext, select, undoLast } from "./state/editor.js";
import { save } from "./state/saving.js";

const inField = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog");

export function useShortcuts() {
  const editor = useEditor();
  useEffect(() => {
    const press = (event) => {
      const run = actionOf(event, inField(event.target));
      if (!run) return;
      event.preventDefault();
      run(editor);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [editor]);
}

function actionOf(event, field) {
  const key = event.key.toLowerCase();
  const command = event.ctrlKey || event.metaKey;
  if (command && key === "s") return save;
  if (field) return null;
  if (command && key === "z") return event.shiftKey ? redoNext : undoLast;
  if (command && key === "y") return redoNext;
  if (command && key === "a") return (editor) => select(editor, { nodes: slugsIn(documentOf(editor.get())) });
  if (!command && (key === "delete" || key === "backspace")) return removeSelected;
  if (key === "escape") return (editor) => (editor.get().selection.nodes.length + editor.get().selection.wires.length ? select(editor, {}) : editor.set({ drawer: null, about: false }));
  return null;
}

/** Removes the selected boxes and wires. */
export function removeSelected(editor) {
  const { selection } = editor.get();
  if (!selection.nodes.length && !selection.wires.length) return;
  removeAll(editor, selection.nodes, selection.wires);
}
