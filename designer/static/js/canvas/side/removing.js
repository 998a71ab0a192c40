// Nodes and wires go, and the tests that only spoke of them. The focus goes to the board: what had it may be gone.
import { say } from "../../texts.js";
import { disconnect } from "../../graph/connect.js";
import { removeNodesAndTests } from "../../graph/nodes.js";
import { documentOf, edit } from "../state/editor.js";
import { valueText } from "../value_text.js";
import { tell } from "../state/notices.js";

/** @param {object} editor @param {string[]} slugs @param {string[]} wires */
export function removeAll(editor, slugs, wires) {
  if (editor.get().readOnly) return;
  const { doc, removedTests } = removeNodesAndTests(disconnect(documentOf(editor.get()), wires), slugs);
  edit(editor, say("Remove"), doc);
  if (removedTests.length) tell(editor, "warn", say("Tests of the flow that spoke only of what was removed went too: {names}. Undo brings them back.", { names: removedTests.map(valueText).join(" · ") }));
  document.getElementById("stage")?.focus({ preventScroll: true });
}
