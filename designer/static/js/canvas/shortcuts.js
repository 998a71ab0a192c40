// Keys that work anywhere on the page but in a field.
import { say } from "../texts.js";
import { disconnect } from "../graph/connect.js";
import { removeNodesAndTests } from "../graph/nodes.js";
import { useEffect } from "./react.js";
import { useEditor } from "./context.js";
import { documentOf, edit, redoNext, select, undoLast } from "./state/editor.js";
import { tell } from "./state/notices.js";
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
  if (command && key === "a") return (editor) => select(editor, { nodes: Object.keys(documentOf(editor.get()).nodes) });
  if (!command && (key === "delete" || key === "backspace")) return removeSelected;
  if (key === "escape") return (editor) => (editor.get().selection.nodes.length + editor.get().selection.wires.length ? select(editor, {}) : editor.set({ drawer: null }));
  return null;
}

/** Removes the selected boxes and wires. Tests of the flow that only spoke of them go too, and it says so. */
export function removeSelected(editor) {
  const { selection } = editor.get();
  if (!selection.nodes.length && !selection.wires.length) return;
  const { doc, removedTests } = removeNodesAndTests(disconnect(documentOf(editor.get()), selection.wires), selection.nodes);
  edit(editor, say("Remove"), doc, { select: {} });
  if (removedTests.length) tell(editor, "warn", say("Tests of the flow that spoke only of what was removed went too: {names}. Undo brings them back.", { names: removedTests.join(" · ") }));
}
