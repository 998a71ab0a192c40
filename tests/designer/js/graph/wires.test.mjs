import assert from "node:assert/strict";
import { test } from "node:test";
import { parseWire, wiresOf, wireText } from "../../../../designer/static/js/graph/wires.js";
import { chance } from "../support/random.mjs";

test("the usual port is not written", () => {
  assert.deepEqual(parseWire("a -> b"), { source: "a", port: "out", target: "b", text: "a -> b" });
  assert.equal(wireText({ source: "a", port: "out", target: "b" }), "a -> b");
});

test("another port stands behind the source", () => {
  assert.deepEqual(parseWire("a.case_1 -> b"), { source: "a", port: "case_1", target: "b", text: "a.case_1 -> b" });
});

for (const text of ["a->b", "a -> b ", "A -> b", "a. -> b", "a -> b.in", "", " -> ", "a -> b\nc -> d", 7, null]) {
  test(`${JSON.stringify(text)} is no wire`, () => assert.equal(parseWire(text), null));
}

test("what is no wire is left out, the rest keeps its order", () => {
  assert.deepEqual(wiresOf({ nodes: {}, wires: ["c -> d", "nothing", null, "a.x -> b"] }).map(({ text }) => text), ["c -> d", "a.x -> b"]);
  assert.deepEqual(wiresOf({ nodes: {} }), []);
  assert.deepEqual(wiresOf({ nodes: {}, wires: "a -> b" }), []);
});

test("a wire that is written and read is the same one", () => {
  const by = chance(1);
  const name = () => `${by.oneOf([..."abcxyz"])}${by.oneOf(["", "_2", "1", "order"])}`;
  for (let n = 0; n < 500; n++) {
    const ends = { source: name(), port: by.oneOf(["out", "error", name()]), target: name() };
    assert.deepEqual(parseWire(wireText(ends)), { ...ends, text: wireText(ends) });
  }
});
