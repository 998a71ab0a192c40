import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { createEditor, edit } from "../../../../designer/static/js/canvas/state/editor.js";
import { keepTold } from "../../../../designer/static/js/canvas/state/others.js";
import { replaceOthers, takeOthers, takeVersion } from "../../../../designer/static/js/canvas/state/publishing.js";
import { save } from "../../../../designer/static/js/canvas/state/saving.js";

mock.timers.enable({ apis: ["setTimeout"] });
const unheard = globalThis.fetch;
const DOC = { nodes: { start: { use: "connector.webhook@1" } }, wires: [] };
const page = { flow: "small", document: JSON.stringify(DOC), etag: "mine", published: 1, version: null, language: "en", connections: [] };
const MINE = { ...DOC, nodes: { ...DOC.nodes, more: { use: "rule.condition@1" } } };

/** @param {(method: string, path: string) => Response} answer */
function opened(answer) {
  const editor = createEditor(page, new Map());
  keepTold(editor);
  edit(editor, "Add", MINE);
  answering(answer);
  return editor;
}

const answering = (answer) => (globalThis.fetch = async (path, { method }) => answer(method, path));
const silent = () => {
  throw new TypeError("offline");
};
const signedOut = () => new Response("{}", { status: 401 });
const kept = (etag) => () => new Response(JSON.stringify({ nodes: {} }), { headers: { ETag: `"${etag}"` } });
const told = (editor) => editor.get().notices.map(({ text }) => text).join("\n");

afterEach(() => (globalThis.fetch = unheard));

test("what was told of a server that did not answer goes with the next draft that is saved", async () => {
  const editor = opened(silent);
  assert.equal(await save(editor), false);
  assert.equal(await save(editor), false);
  assert.equal(editor.get().notices.length, 1);
  assert.match(told(editor), /does not answer/);
  answering(kept("second"));
  assert.equal(await save(editor), true);
  assert.equal(told(editor), "");
});

test("the word of the other draft goes when one's own is put in its place", async () => {
  const editor = opened(kept("theirs"));
  editor.set({ live: { draft: "theirs", version: 1, nodes: {}, runs: {} } });
  assert.match(told(editor), /Somebody else saved/);
  answering((method) => kept(method === "GET" ? "theirs" : "third")());
  await replaceOthers(editor);
  assert.equal(told(editor), "Your draft is saved in place of the other.");
});

for (const [name, answer, reason] of [["no answer", silent, /The server does not answer/], ["no sign-in", signedOut, /The sign-in is over.*key/]]) {
  test(`${name}: an earlier version is not taken, and it is told`, async () => {
    const editor = opened(answer);
    await takeVersion(editor, 1);
    assert.match(told(editor), reason);
    assert.equal(editor.get().history.present, MINE);
  });

  test(`${name}: the choices between two drafts stay, with the reason`, async () => {
    for (const choose of [takeOthers, replaceOthers]) {
      const editor = opened(answer);
      editor.set({ dialog: { kind: "conflict" } });
      await choose(editor);
      const { kind, problems } = editor.get().dialog;
      assert.equal(kind, "conflict");
      assert.match(`${problems[0].what} ${problems[0].do}`, reason);
      assert.equal(editor.get().history.present, MINE);
    }
  });

  test(`${name}: without the dialog it is told at the edge of the board`, async () => {
    const editor = opened(answer);
    await takeOthers(editor);
    assert.match(told(editor), reason);
  });
}
