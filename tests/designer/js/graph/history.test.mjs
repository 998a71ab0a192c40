import assert from "node:assert/strict";
import { test } from "node:test";
import { canRedo, canUndo, commit, redo, start, undo } from "../../../../designer/static/js/graph/history.js";

const [a, b, c] = [{ name: "a" }, { name: "b" }, { name: "c" }];

test("what was done is undone and done again, by its label", () => {
  const done = commit(start(a), b, { label: "Move" });
  assert.equal(done.present, b);
  assert.deepEqual([canUndo(done), canRedo(done)], ["Move", null]);
  const undone = undo(done);
  assert.equal(undone.present, a);
  assert.deepEqual([canUndo(undone), canRedo(undone)], [null, "Move"]);
  assert.equal(redo(undone).present, b);
});

test("a new edit ends what could be done again", () => assert.equal(canRedo(commit(undo(commit(start(a), b, { label: "1" })), c, { label: "2" })), null));

test("edits of one burst are undone together", () => {
  const typed = ["x", "y", "z"].reduce((history, name, n) => commit(history, { name }, { label: "Type", merge: "when", at: 1000 * n }), start(a));
  assert.equal(typed.present.name, "z");
  assert.equal(undo(typed).present, a);
});

test("a pause, another place, or an undo ends a burst", () => {
  const first = commit(start(a), b, { label: "Type", merge: "when", at: 0 });
  assert.equal(undo(commit(first, c, { label: "Type", merge: "when", at: 1501 })).present, b);
  assert.equal(undo(commit(first, c, { label: "Type", merge: "title", at: 10 })).present, b);
  assert.equal(undo(commit(first, c, { label: "Type", at: 10 })).present, b);
  assert.equal(undo(commit(redo(undo(first)), c, { label: "Type", merge: "when", at: 10 })).present, b);
});

test("nothing done is nothing to undo", () => {
  const history = start(a);
  assert.equal(undo(history), history);
  assert.equal(redo(history), history);
  assert.equal(commit(history, a, { label: "Nothing" }), history);
});

test("the five hundred last edits are kept", () => {
  let history = start(a);
  for (let n = 0; n < 600; n++) history = commit(history, { n }, { label: String(n) });
  assert.equal(history.past.length, 500);
  assert.equal(canUndo(history), "599");
});
