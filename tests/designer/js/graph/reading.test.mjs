// What is read from a document: auto-layout, outline, problems.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as dagre from "../../../../designer/static/vendor/dagre.esm.js";
import { autoLayout } from "../../../../designer/static/js/graph/autolayout.js";
import { COLUMN, placeOf, placeText, ROW } from "../../../../designer/static/js/graph/places.js";
import { atPath, byNode, byWire, exactlyAt } from "../../../../designer/static/js/graph/problems.js";
import { rows } from "../../../../designer/static/js/graph/outline.js";
import { collide, heightIn } from "../../../../designer/static/js/graph/size.js";
import { wiresOf } from "../../../../designer/static/js/graph/wires.js";
import { flowNamed, small } from "../support/documents.mjs";
import { types } from "../support/engine.mjs";

test("an arrangement leads from left to right, on the grid, nothing on anything", () => {
  const doc = { ...flowNamed("order_hub"), layout: {} };
  const found = autoLayout(doc, dagre);
  const slugs = Object.keys(doc.nodes);
  assert.deepEqual(Object.keys(found).sort(), slugs.toSorted());
  for (const { source, target } of wiresOf(doc)) assert.ok(found[source].x < found[target].x);
  for (const slug of slugs) {
    assert.deepEqual(placeOf(placeText(found[slug])), found[slug]);
    for (const other of slugs) assert.ok(slug === other || !collide({ ...found[slug], height: heightIn(doc, slug) }, { ...found[other], height: heightIn(doc, other) }));
  }
  assert.equal(Math.min(...Object.values(found).map(({ x }) => x)), COLUMN);
  assert.equal(Math.min(...Object.values(found).map(({ y }) => y)), ROW);
  assert.ok(found.taobao.y < found.shopify.y && found.shopify.y < found.own_shop.y, "as declared, from the top");
});

test("boxes as high as they are drawn have room", () => {
  const found = autoLayout(small(), dagre, () => 400);
  const doc = { nodes: { a: {}, b: {}, c: {} }, wires: ["a -> b", "a -> c"] };
  const tall = autoLayout(doc, dagre, () => 400);
  assert.ok(Math.abs(tall.b.y - tall.c.y) >= 400);
  assert.equal(Object.keys(found).length, 5);
});

test("a faulty document is arranged as well, an empty one is empty", () => {
  const doc = { nodes: { a: {}, b: {} }, wires: ["a -> b", "b -> a", "a -> a", "b -> nobody"] };
  assert.deepEqual(Object.keys(autoLayout(doc, dagre)).sort(), ["a", "b"]);
  assert.deepEqual(autoLayout({ nodes: {} }, dagre), {});
});

test("the outline lists nodes in the order of work with what leads in and out", () => {
  const found = rows(small(), types);
  assert.deepEqual(found.map(({ slug, depth }) => [slug, depth]), [["shop", 0], ["order", 1], ["large", 2], ["wms", 3], ["keep", 4]]);
  assert.deepEqual(found[3].incoming.map(({ text }) => text), ["large.yes -> wms"]);
  assert.deepEqual(found[3].outgoing.map(({ text }) => text), ["wms.error -> keep"]);
  assert.deepEqual(found[2].ports.map(({ name }) => name), ["yes", "no"]);
});

test("a cycle has an end in the outline", () => {
  assert.deepEqual(rows({ nodes: { a: {}, b: {} }, wires: ["a -> b", "b -> a", "a -> nobody"] }, types).map(({ depth }) => depth), [0, 1]);
});

test("problems are found by node, wire and place", () => {
  const one = (more) => ({ code: "x", node: null, wire: null, path: [], ...more });
  const at = one({ node: "a", path: ["params", "cases", 0, "when"] });
  const whole = one({ node: "a", path: ["params", "cases"] });
  const problems = [at, whole, one({ wire: "a -> b" }), one({ node: "constructor" }), one({})];
  assert.deepEqual(byNode(problems).get("a"), [at, whole]);
  assert.deepEqual([...byNode(problems).keys()], ["a", "constructor"]);
  assert.deepEqual([...byWire(problems).keys()], ["a -> b"]);
  assert.deepEqual(atPath(problems, "a", ["params", "cases"]), [at, whole]);
  assert.deepEqual(atPath(problems, "a", ["params", "cases", "0", "when"]), [at]);
  assert.deepEqual(atPath(problems, "a", ["params", "cases", 0, "when", "deeper"]), []);
  assert.deepEqual(exactlyAt(problems, "a", ["params", "cases"]), [whole]);
});
