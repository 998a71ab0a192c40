import assert from "node:assert/strict";
import { test } from "node:test";
import { fragmentOf, paste } from "../../../../designer/static/js/graph/clipboard.js";
import { places } from "../../../../designer/static/js/graph/places.js";
import { Room } from "../../../../designer/static/js/graph/room.js";
import { collide, ROW } from "../../../../designer/static/js/graph/size.js";
import { chance } from "../support/random.mjs";

const boxes = (by, count) => Array.from({ length: count }, () => ({ x: by.between(-900, 900), y: by.between(-2000, 2000), height: by.between(70, 900) }));

test("where there is room is found as if every box had been compared with every other", () => {
  for (let seed = 0; seed < 60; seed++) {
    const by = chance(seed);
    const [there, come] = [boxes(by, 40), boxes(by, 6)];
    const room = new Room(there);
    const hits = (box) => there.some((other) => collide(box, other));
    let rows = 0;
    while (come.some((box) => hits({ ...box, y: box.y + rows * ROW }))) rows++;
    assert.equal(room.rowsDown(come), rows);
    for (const { x, y, height } of come) {
      const spot = { x, y, height };
      while (hits(spot)) spot.y += ROW;
      assert.deepEqual(room.freeSpot({ x, y }, height), spot);
      there.push(spot);
      room.add(spot);
    }
  }
});

test("thousands of nodes are pasted and placed in a moment, however they lie", () => {
  const slugs = Array.from({ length: 3000 }, (_, n) => `node_${n}`);
  const nodes = Object.fromEntries(slugs.map((slug) => [slug, { use: "rule.condition@1" }]));
  const column = { nodes, layout: Object.fromEntries(slugs.map((slug, n) => [slug, `1,${n}`])) };
  const began = performance.now();
  const { doc, slugs: fresh } = paste(column, fragmentOf(column, slugs));
  assert.deepEqual([fresh[0], fresh.at(-1), doc.layout[fresh[0]]], ["node_3000", "node_5999", "1,3000"]);
  assert.equal(places({ nodes, layout: {} }).node_2999.y, 3000 * ROW);
  assert.ok(performance.now() - began < 3000);
});
