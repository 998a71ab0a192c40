import assert from "node:assert/strict";
import { test } from "node:test";
import { behind, orderOf } from "../../../../designer/static/js/graph/order.js";
import { readJson } from "../../../../designer/static/js/graph/json.js";
import { engine } from "../support/engine.mjs";

const docOf = (slugs, wires) => ({ nodes: Object.fromEntries(slugs.map((slug) => [slug, {}])), wires });

test("what comes first works first, ties as declared", () => {
  assert.deepEqual(orderOf(docOf(["d", "c", "b", "a"], ["a -> d", "a -> c"])), ["b", "a", "d", "c"]);
});

test("nodes on a cycle, and behind it, come last", () => {
  assert.deepEqual(orderOf(docOf(["x", "y", "z", "a"], ["x -> y", "y -> x", "y -> z"])), ["a", "x", "y", "z"]);
});

test("behind a node is all that it leads to", () => {
  const doc = docOf(["a", "b", "c", "d"], ["a -> b", "b.error -> c"]);
  assert.deepEqual([...behind(doc, "a")].sort(), ["b", "c"]);
  assert.deepEqual([...behind(doc, "d")], []);
  assert.deepEqual([...behind(doc, "nobody")], []);
});

test("the order is the engine's", () => {
  assert.ok(engine.flows.length > 50);
  for (const { document, order } of engine.flows) assert.deepEqual(orderOf(readJson(document)).slice(0, order.length), order);
});
