import assert from "node:assert/strict";
import { test } from "node:test";
import { fragmentOf, paste } from "../../../../designer/static/js/graph/clipboard.js";
import { connect, refusal } from "../../../../designer/static/js/graph/connect.js";
import { anyTextIn, isDrawable, nodeIn, slugsIn, textIn } from "../../../../designer/static/js/graph/document.js";
import { addNode, removeNodesAndTests, renameNode, setParams, setTitle } from "../../../../designer/static/js/graph/nodes.js";
import { rows } from "../../../../designer/static/js/graph/outline.js";
import { own } from "../../../../designer/static/js/graph/own.js";
import { drawnPlaces, places } from "../../../../designer/static/js/graph/places.js";
import { portsOf } from "../../../../designer/static/js/graph/ports.js";
import { frozen } from "../support/documents.mjs";
import { types } from "../support/engine.mjs";

const CONDITION = "rule.condition@1";
const odd = (more = {}) => frozen({ nodes: { a: null, b: 5, good: { use: CONDITION } }, wires: [7, "good.yes -> a"], tests: [null], ...more });

test("what every object has is not its own", () => {
  for (const name of ["constructor", "toString", "hasOwnProperty"]) assert.equal(own({}, name), undefined);
  assert.equal(own({ constructor: 1 }, "constructor"), 1);
  for (const nothing of [null, undefined, 5]) assert.equal(own(nothing, "a"), undefined);
});

test("what is no node is not drawn, and stays through every edit", () => {
  const doc = odd();
  assert.deepEqual(slugsIn(doc), ["good"]);
  assert.equal(nodeIn(doc, "a"), null);
  assert.equal(rows(doc, types).length, 1);
  assert.deepEqual(Object.keys(places(doc)), ["good"]);
  const edited = [
    addNode(doc, { use: CONDITION, at: { x: 0, y: 0 } }).doc,
    renameNode(doc, "good", "better"),
    setTitle(doc, "good", "en", "Good"),
    setParams(doc, "good", { when: "true" }),
    removeNodesAndTests(doc, ["good"]).doc,
    connect(addNode(doc, { use: CONDITION, at: { x: 0, y: 0 } }).doc, { source: "good", port: "no", target: "condition" }),
    paste(doc, fragmentOf(doc, ["good"])).doc,
  ];
  for (const { nodes, tests, wires } of edited) {
    assert.deepEqual([nodes.a, nodes.b, tests], [null, 5, [null]]);
    assert.equal(wires[0], 7);
  }
});

test("a name that something else than a node has is taken", () => {
  const doc = odd();
  assert.equal(renameNode(doc, "good", "a"), doc);
  assert.equal(addNode({ nodes: { condition: null } }, { use: CONDITION, at: { x: 0, y: 0 } }).slug, "condition_2");
});

test("a node may be called like what every object has", () => {
  const doc = renameNode(frozen({ nodes: { one: { use: CONDITION }, two: { use: CONDITION } }, wires: ["one.yes -> two"] }), "one", "constructor");
  assert.deepEqual(Object.keys(doc.nodes), ["constructor", "two"]);
  assert.deepEqual(portsOf(doc, types, "constructor").map(({ name }) => name), ["yes", "no"]);
  assert.equal(nodeIn(doc, "toString"), null);
  assert.equal(refusal(doc, types, { source: "toString", port: "yes", target: "two" }).code, "wire.unknown_node");
});

test("parts of the wrong shape are left as they are", () => {
  for (const part of ["wires", "tests", "groups"]) {
    for (const value of [5, "text", { a: 1 }]) {
      const doc = odd({ [part]: value });
      assert.deepEqual([renameNode(doc, "good", "better")[part], removeNodesAndTests(doc, ["good"]).doc[part]], [value, value]);
    }
  }
  assert.deepEqual(renameNode(odd({ groups: [null, { nodes: 5 }] }), "good", "better").groups, [null, { nodes: 5 }]);
});

test("nodes that have no names cannot be drawn; no nodes can", () => {
  assert.deepEqual([{ nodes: [1, 2] }, { nodes: 5 }, { nodes: "a" }, [], 5].map(isDrawable), [false, false, false, false, false]);
  assert.deepEqual([{}, { nodes: null }, { nodes: {} }, odd()].map(isDrawable), [true, true, true, true]);
});

test("a title is text or none", () => {
  assert.equal(textIn({ en: { a: 1 } }, "en"), "");
  assert.equal(textIn("text", "length"), "");
  assert.equal(textIn({}, "constructor"), "");
  assert.equal(anyTextIn({ en: { a: 1 }, zh: "标题" }, "en"), "标题");
  assert.equal(anyTextIn(5, "en"), "");
  assert.deepEqual(setTitle(odd({ nodes: { good: { use: CONDITION, title: "text" } } }), "good", "en", "Good").nodes.good.title, { en: "Good" });
});

test("a place far out is drawn at the edge, and stays in the document", () => {
  const doc = frozen({ nodes: { a: { use: CONDITION }, b: { use: CONDITION }, c: { use: CONDITION } }, layout: { a: "1,1", b: "99999999,1", c: "0,-99999999" } });
  assert.deepEqual(drawnPlaces(doc), { a: { x: 250, y: 130 }, b: { x: 50_000, y: 130 }, c: { x: 0, y: -50_000 } });
  assert.equal(setTitle(doc, "a", "en", "A").layout, doc.layout);
});
