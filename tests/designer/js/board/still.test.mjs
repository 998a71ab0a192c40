import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createStill } from "../../../../designer/static/js/canvas/board/still.js";

mock.timers.enable({ apis: ["setTimeout"] });

test("a move waits for the release and the click, and only the last one is made", () => {
  const made = [];
  const still = createStill(() => made.push("halt"));
  still.move(() => made.push("at once"));
  still.press();
  still.move(() => made.push("first"));
  still.move(() => made.push("last"));
  assert.deepEqual(made, ["at once", "halt"]);
  still.release();
  assert.deepEqual(made, ["at once", "halt"]);
  mock.timers.tick(0);
  assert.deepEqual(made, ["at once", "halt", "last"]);
});

test("a second press in the meantime is waited for too", () => {
  const made = [];
  const still = createStill(() => {});
  still.press();
  still.move(() => made.push("move"));
  still.release();
  still.press();
  mock.timers.tick(0);
  assert.deepEqual(made, []);
  still.release();
  mock.timers.tick(0);
  assert.deepEqual(made, ["move"]);
});
