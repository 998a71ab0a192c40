import assert from "node:assert/strict";
import { test } from "node:test";
import { COLUMN, placeOf, places, placeText, ROW } from "../../../../designer/static/js/graph/places.js";
import { collide, heightIn } from "../../../../designer/static/js/graph/size.js";
import { flowNamed, frozen, small } from "../support/documents.mjs";
import { chance } from "../support/random.mjs";

test("a place is columns and rows, in tenths", () => {
  assert.deepEqual(placeOf("2,1.5"), { x: 2 * COLUMN, y: 1.5 * ROW });
  assert.equal(placeText({ x: 2 * COLUMN, y: 1.5 * ROW }), "2,1.5");
  assert.equal(placeText({ x: 2 * COLUMN + 10, y: -3 }), "2,0");
});

for (const text of ["", "2", "a,b", "1,2,3", undefined, 5]) test(`${JSON.stringify(text)} is no place`, () => assert.equal(placeOf(text), null));

test("a place on the grid is written and read as itself", () => {
  for (let n = -50; n < 200; n++) assert.deepEqual(placeOf(placeText({ x: n * 25, y: n * 13 })), { x: n * 25, y: n * 13 });
});

test("nodes lie where the document says", () => assert.deepEqual(places(small()).large, { x: 3 * COLUMN, y: ROW }));

test("without a layout every node stands right of what leads to it", () => {
  const doc = { ...flowNamed("order_hub"), layout: {} };
  const found = places(doc);
  assert.ok(found.taobao_order.x > found.taobao.x && found.to_wms.x > found.urgent.x);
});

test("no box without a place lies on another", () => {
  for (let seed = 0; seed < 40; seed++) {
    const by = chance(seed);
    const full = flowNamed("order_hub");
    const doc = { ...full, layout: Object.fromEntries(by.some(Object.entries(full.layout))) };
    const found = places(doc);
    const box = (slug) => ({ ...found[slug], height: heightIn(doc, slug) });
    const slugs = Object.keys(doc.nodes);
    for (const slug of slugs.filter((one) => !(one in doc.layout))) {
      for (const other of slugs) assert.ok(slug === other || !collide(box(slug), box(other)), `${slug} on ${other}, seed ${seed}`);
    }
  }
});

test("a box needs room for its width and for the ports that its wires use", () => {
  assert.ok(collide({ x: 0, y: 0, height: 78 }, { x: 215, y: 77, height: 78 }));
  assert.ok(!collide({ x: 0, y: 0, height: 78 }, { x: COLUMN, y: 0, height: 78 }));
  assert.ok(!collide({ x: 0, y: 0, height: 78 }, { x: 0, y: ROW, height: 78 }));
  const doc = flowNamed("order_hub");
  const more = { ...doc, wires: [...doc.wires, "ready.case_2 -> held", "ready.case_3 -> held"] };
  assert.ok(heightIn(doc, "clean") <= 78 && heightIn(more, "ready") > ROW);
});

test("a cycle, a foreign layout and a wire to nowhere do no harm", () => {
  const doc = frozen({ nodes: { a: {}, b: {} }, wires: ["a -> b", "b -> a", "b -> c"], layout: { gone: "1,1", a: "nonsense" } });
  assert.deepEqual(Object.keys(places(doc)), ["a", "b"]);
});

test("a document without nodes has no places", () => assert.deepEqual(places({}), {}));
