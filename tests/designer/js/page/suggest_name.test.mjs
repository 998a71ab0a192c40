import assert from "node:assert/strict";
import { test } from "node:test";

import { suggestedName } from "../../../../designer/static/js/page/suggest_name.js";

const CASES = [
  ["Urgent orders", "urgent_orders"],
  ["Café — Größe 2", "cafe_groe_2"],
  ["2nd try", "nd_try"],
  ["加急订单", "flow"],
  ["x".repeat(100), "x".repeat(54)],
  ["", "flow"],
];

for (const [title, name] of CASES) {
  test(`"${title}" is called ${name}, as the server does`, () => {
    assert.equal(suggestedName(title), name);
  });
}
