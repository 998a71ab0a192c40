import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { createEditor } from "../../../../designer/static/js/canvas/state/editor.js";
import { keepWatching } from "../../../../designer/static/js/canvas/state/watching.js";

class Stream extends EventTarget {
  static CLOSED = 2;
  static all = [];

  constructor(address) {
    super();
    Object.assign(this, { address, readyState: 0 });
    Stream.all.push(this);
  }

  close() {
    this.readyState = Stream.CLOSED;
  }

  tell(name, more = {}) {
    this.dispatchEvent(Object.assign(new Event(name), more));
  }

  fail(readyState = Stream.CLOSED) {
    this.readyState = readyState;
    this.tell("error");
  }
}

const before = { EventSource: globalThis.EventSource, fetch: globalThis.fetch };
let status = 200;
const page = { flow: "small", document: '{"nodes": {}}', etag: "mine", published: 1, version: null, language: "en", connections: [] };
const settled = async () => {
  for (let n = 0; n < 8; n++) await Promise.resolve();
};

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  Stream.all = [];
  status = 200;
  globalThis.EventSource = Stream;
  globalThis.fetch = async () => new Response("{}", { status });
});

afterEach(() => {
  mock.timers.reset();
  Object.assign(globalThis, before);
});

test("a stream that was refused is asked for again, with growing pauses up to half a minute", () => {
  const editor = createEditor(page, new Map());
  const end = keepWatching(editor);
  for (const pause of [2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    const count = Stream.all.length;
    Stream.all.at(-1).fail();
    assert.equal(editor.get().connected, false);
    mock.timers.tick(pause - 1);
    assert.equal(Stream.all.length, count);
    mock.timers.tick(1);
    assert.equal(Stream.all.length, count + 1);
  }
  Stream.all.at(-1).tell("open");
  assert.equal(editor.get().connected, true);
  Stream.all.at(-1).tell("counts", { data: '{"nodes": {"toString": {"items": 3, "out": {}}}}' });
  assert.equal(editor.get().live.nodes.toString.items, 3);
  end();
  assert.equal(Stream.all.at(-1).readyState, Stream.CLOSED);
});

test("a stream that broke is taken up by the browser itself", () => {
  const editor = createEditor(page, new Map());
  const end = keepWatching(editor);
  Stream.all[0].fail(0);
  assert.equal(editor.get().connected, false);
  mock.timers.tick(60_000);
  assert.equal(Stream.all.length, 1);
  end();
});

test("that the sign-in is over is told once, until it holds again", async () => {
  const editor = createEditor(page, new Map());
  const end = keepWatching(editor);
  status = 401;
  for (let n = 0; n < 2; n++) {
    Stream.all.at(-1).fail();
    await settled();
    mock.timers.tick(30_000);
  }
  assert.deepEqual(editor.get().notices.map(({ text }) => text), ["The sign-in is over. Open the address with the key again in another tab, then go on here: unsaved changes stay."]);
  Stream.all.at(-1).tell("open");
  assert.deepEqual(editor.get().notices, []);
  end();
});
