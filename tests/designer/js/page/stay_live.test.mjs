import assert from "node:assert/strict";
import { test } from "node:test";

import { delayBefore } from "../../../../designer/static/js/page/stay_live.js";

test("each failure in a row doubles the time until the next attempt, up to half a minute", () => {
  assert.deepEqual([1, 2, 3, 7, 40].map((failures) => delayBefore(failures, 0.5)), [500, 1000, 2000, 30_000, 30_000]);
});

test("readers who lost the service together come back apart", () => {
  assert.deepEqual([0, 1].map((chance) => Math.round(delayBefore(1, chance))), [350, 650]);
});
