// The flow's own tests, run by the server on the document as it is now.
import { testsIn } from "../../graph/document.js";
import { say } from "../../texts.js";
import { documentOf, edit } from "./editor.js";
import { request } from "./server.js";
import { reasons } from "./reasons.js";

/** Runs all tests of the document. */
export async function runTests(editor) {
  const doc = documentOf(editor.get());
  put(editor, { running: true, problems: [] });
  try {
    const { body } = await request("POST", `/api/flows/${editor.get().flow}/test-results`, { body: doc, exact: true });
    put(editor, { results: body.items, document: doc });
  } catch (error) {
    put(editor, { results: null, document: null, problems: reasons(error) });
  } finally {
    put(editor, { running: false });
  }
}

/** Takes a test out of the flow; undo brings it back. @param {number} position */
export function removeTest(editor, position) {
  const doc = documentOf(editor.get());
  const without = (list) => list.filter((_, n) => n !== position);
  const next = { ...doc, tests: without(testsIn(doc)) };
  edit(editor, say("Remove test"), next);
  const { results } = editor.get().flowTests;
  if (results) put(editor, { results: without(results), document: next });
}

const put = (editor, parts) => editor.set({ flowTests: { ...editor.get().flowTests, ...parts } });
