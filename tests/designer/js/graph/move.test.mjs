import assert from "node:assert/strict";
import { test } from "node:test";
import { moveNodes } from "../../../../designer/static/js/graph/move.js";
import { addNode } from "../../../../designer/static/js/graph/nodes.js";
import { places } from "../../../../designer/static/js/graph/places.js";
import { flowNamed, small } from "../support/documents.mjs";
import { chance } from "../support/random.mjs";

test("moving boxes changes the layout and nothing else", () => {
  const by = chance(5);
  for (const doc of [small(), flowNamed("order_hub"), { ...flowNamed("order_hub"), layout: {} }]) {
    const moved = moveNodes(doc, Object.fromEntries(by.some(Object.keys(doc.nodes)).map((slug) => [slug, { x: by.below(3000), y: by.below(2000) }])));
    for (const part of Object.keys(doc)) if (part !== "layout") assert.equal(moved[part], doc[part]);
    assert.notDeepEqual(moved.layout, doc.layout);
  }
});

test("a box that lies there already is not moved", () => {
  const doc = small();
  assert.equal(moveNodes(doc, { wms: { x: 4 * 250 + 3, y: 130 }, nobody: { x: 0, y: 0 } }), doc);
});

test("a layout is kept sorted", () => {
  const { layout } = moveNodes({ ...small(), layout: {} }, { wms: { x: 0, y: 0 }, keep: { x: 250, y: 0 } });
  assert.deepEqual(Object.keys(layout), ["keep", "wms"]);
});

test("boxes without a place stay where they were seen, and only those that would jump are written down", () => {
  const doc = { ...flowNamed("order_hub"), layout: {} };
  const seen = places(doc);
  const moved = moveNodes(doc, { pinduoduo: seen.pinduoduo_order });
  for (const slug of Object.keys(doc.nodes)) if (slug !== "pinduoduo") assert.deepEqual(places(moved)[slug], seen[slug], slug);
  assert.ok(Object.keys(moved.layout).length < Object.keys(doc.nodes).length);
  const { doc: added } = addNode(doc, { use: "rule.condition@1", at: seen.clean });
  for (const slug of Object.keys(doc.nodes)) assert.deepEqual(places(added)[slug], seen[slug], slug);
});
