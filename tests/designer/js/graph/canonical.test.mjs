import assert from "node:assert/strict";
import { test } from "node:test";
import { sameDocument } from "../../../../designer/static/js/graph/canonical.js";
import { readJson } from "../../../../designer/static/js/graph/json.js";
import { connect, disconnect } from "../../../../designer/static/js/graph/connect.js";
import { flowNamed, small } from "../support/documents.mjs";

const read = (text) => readJson(text);
const node = (more) => ({ nodes: { a: { use: "a.b@1", ...more } } });

test("a document is the same as itself read again", () => assert.ok(sameDocument(flowNamed("order_hub"), flowNamed("order_hub"))));

test("a wire that came and went leaves no difference", () => {
  const ends = { source: "large", port: "no", target: "keep" };
  assert.ok(sameDocument(disconnect(connect(small(), ends), ["large.no -> keep"]), small()));
  assert.ok(!sameDocument(connect(small(), ends), small()));
});

test("empty parts are as good as none", () => {
  assert.ok(sameDocument(node({ params: {}, disabled: false }), { ...node(), wires: [], layout: {} }));
  assert.ok(!sameDocument(node({ disabled: true }), node()));
});

test("the order of nodes, wires and parameters means something, that of places and of a node's keys does not", () => {
  assert.ok(!sameDocument({ nodes: { a: {}, b: {} } }, { nodes: { b: {}, a: {} } }));
  assert.ok(!sameDocument({ ...node(), wires: ["a -> b", "a -> c"] }, { ...node(), wires: ["a -> c", "a -> b"] }));
  assert.ok(!sameDocument(node({ params: { x: 1, y: 2 } }), node({ params: { y: 2, x: 1 } })));
  assert.ok(sameDocument({ ...node(), layout: { a: "1,1", b: "2,2" } }, { layout: { b: "2,2", a: "1,1" }, ...node() }));
  assert.ok(sameDocument({ nodes: { a: { use: "x", disabled: true } } }, { nodes: { a: { disabled: true, use: "x" } } }));
});

test("numbers count as they are written", () => {
  const rows = (number) => read(`{"nodes":{"a":{"params":{"n":${number}}}}}`);
  assert.ok(sameDocument(rows("4012600000000000010"), rows("4012600000000000010")));
  assert.ok(!sameDocument(rows("4012600000000000010"), rows("4012600000000000011")));
  assert.ok(!sameDocument(rows("1.50"), rows("1.5")));
  assert.ok(!sameDocument(rows("1"), rows('"1"')));
  assert.ok(!sameDocument(rows("4012600000000000010"), rows("{}")));
});

test("a list is not an object, and nothing is not something", () => {
  assert.ok(!sameDocument(node({ params: { x: [] } }), node({ params: { x: {} } })));
  assert.ok(!sameDocument(node({ params: { x: null } }), node({ params: {} })));
  assert.ok(!sameDocument(node(), null));
});
