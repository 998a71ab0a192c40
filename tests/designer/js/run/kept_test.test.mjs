import assert from "node:assert/strict";
import { test } from "node:test";
import { createEditor, documentOf, undoLast } from "../../../../designer/static/js/canvas/state/editor.js";
import { keepAsTest, mayKeep } from "../../../../designer/static/js/canvas/state/kept_test.js";

const DOC = { nodes: { start: {}, good: {}, call: {}, aside: {}, end: {} }, wires: ["start -> good", "good.yes -> call", "good.no -> aside", "call -> end"], tests: [] };
const step = (slug, inputs, requests = []) => ({ slug, inputs: Array.from({ length: inputs }, () => ({ key: "1", item: { phone: "***" } })), requests, outputs: {}, failures: [] });
const RUN = { steps: [step("start", 0), step("good", 1), step("call", 1, [{ request: { method: "POST", url: "wms:/orders", body: { phone: "***" } } }]), step("aside", 0), step("end", 1)] };
const overlay = (kind, input) => ({ kind: "trial", runs: [RUN], start: { trigger: "start", sample: kind === "input" ? { kind, input } : { kind, ref: "1" } } });

function opened() {
  return createEditor({ document: JSON.stringify(DOC), version: null, language: "en", connections: [] }, new Map());
}

test("only a test run of own data may become a test: recorded orders never", () => {
  assert.equal(mayKeep(overlay("input", {})), true);
  assert.equal(mayKeep(overlay("event")), false);
  assert.equal(mayKeep(null), false);
  assert.equal(mayKeep({ ...overlay("input", {}), runs: [] }), false);
});

test("the test expects the calls and how much comes to each end, and nothing that was masked", () => {
  const editor = opened();
  editor.set({ overlay: overlay("input", { no: "A1" }) });
  keepAsTest(editor);
  assert.deepEqual(documentOf(editor.get()).tests, [
    {
      name: "Own data at start",
      trigger: "start",
      input: [{ no: "A1" }],
      expect: {
        call: { requests: [{ method: "POST", url: "wms:/orders" }], match: "subset" },
        aside: { items: [] },
        end: { items: [{}], match: "subset" },
      },
    },
  ]);
});

test("a list is many inputs, names stay apart, and undo takes the test back", () => {
  const editor = opened();
  editor.set({ overlay: overlay("input", [{ no: "A1" }, { no: "A2" }]) });
  assert.deepEqual([keepAsTest(editor), keepAsTest(editor)], ["Own data at start", "Own data at start 2"]);
  assert.deepEqual(documentOf(editor.get()).tests[1].input, [{ no: "A1" }, { no: "A2" }]);
  undoLast(editor);
  undoLast(editor);
  assert.deepEqual(documentOf(editor.get()).tests, []);
});
