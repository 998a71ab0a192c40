import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createEditor, edit } from "../../../../designer/static/js/canvas/state/editor.js";
import { keepTold } from "../../../../designer/static/js/canvas/state/others.js";

mock.timers.enable({ apis: ["setTimeout"] });
const DOC = { nodes: { start: { use: "connector.webhook@1" } }, wires: [] };
const page = (more = {}) => ({ flow: "small", document: JSON.stringify(DOC), etag: "mine", published: 1, version: null, language: "en", connections: [], ...more });

function opened(more) {
  const editor = createEditor(page(more), new Map());
  keepTold(editor);
  return editor;
}

const counts = (editor, draft, version = 1) => editor.set({ live: { draft, version, nodes: {}, runs: {} } });
const told = (editor) => editor.get().notices.map(({ text }) => text);

test("a draft that somebody else saved is told once, with the way to it", () => {
  const editor = opened();
  counts(editor, "mine");
  assert.deepEqual(told(editor), []);
  counts(editor, "theirs");
  counts(editor, "theirs");
  assert.equal(told(editor).length, 1);
  assert.match(told(editor)[0], /Somebody else saved/);
  assert.deepEqual(editor.get().notices[0].actions.map(({ label }) => label), ["Show it"]);
});

test("with changes of one's own the person decides, and nothing is replaced", () => {
  const editor = opened();
  const mine = { ...DOC, nodes: { ...DOC.nodes, more: { use: "rule.condition@1" } } };
  edit(editor, "Add", mine);
  counts(editor, "theirs");
  const [{ label, run }] = editor.get().notices[0].actions;
  assert.equal(label, "Decide…");
  run();
  assert.deepEqual(editor.get().dialog, { kind: "conflict" });
  assert.equal(editor.get().history.present, mine);
});

test("what one saves oneself is nobody else's, also when its counts come before the answer or late", () => {
  const editor = opened();
  editor.set({ saving: true });
  counts(editor, "second");
  editor.set({ etag: "second" });
  editor.set({ saving: false });
  counts(editor, "mine");
  counts(editor, "second");
  assert.deepEqual(told(editor), []);
});

test("a draft that one's own was put in the place of is not told of afterwards", () => {
  const editor = opened();
  editor.set({ decidedOn: "theirs" });
  editor.set({ etag: "second" });
  counts(editor, "theirs");
  counts(editor, "second");
  assert.deepEqual(told(editor), []);
});

test("what came while one was saving is told afterwards", () => {
  const editor = opened();
  editor.set({ saving: true });
  counts(editor, "theirs");
  assert.deepEqual(told(editor), []);
  editor.set({ saving: false });
  assert.equal(told(editor).length, 1);
});

test("the word goes when the other draft was taken over", () => {
  const editor = opened();
  counts(editor, "theirs");
  editor.set({ etag: "theirs" });
  assert.deepEqual(told(editor), []);
});

test("a version that somebody else published is taken up and told, one's own is not, and none goes back", () => {
  const editor = opened();
  counts(editor, "mine", 2);
  assert.equal(editor.get().published, 2);
  assert.match(told(editor)[0], /Version 2 was published by somebody else/);
  counts(editor, "mine", 1);
  assert.equal(editor.get().published, 2);
  editor.set({ dialog: { kind: "publish" } });
  counts(editor, "mine", 3);
  assert.equal(editor.get().published, 3);
  assert.equal(told(editor).length, 1);
});

test("who only looks at an old version is not told of drafts", () => {
  const editor = opened({ version: 1 });
  counts(editor, "theirs");
  assert.deepEqual(told(editor), []);
});
