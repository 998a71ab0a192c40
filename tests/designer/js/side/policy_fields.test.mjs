import assert from "node:assert/strict";
import { test } from "node:test";
import { policyFields } from "../../../../designer/static/js/canvas/side/policy_fields.js";
import { types } from "../support/engine.mjs";

const offered = (use) => policyFields(types.get(use)).map(({ name }) => name);

test("the form offers no policy that the check refuses", () => {
  for (const type of types.values()) {
    const refused = policyFields(type).map(({ name }) => name).filter((name) => !type.policies.includes(name));
    assert.deepEqual(refused, [], type.use);
  }
});

test("a call is repeated and has a longest time, but for the call of another flow, which waits as long as that takes", () => {
  assert.deepEqual(offered("connector.to_wms@1"), ["timeout", "retry", "on_error"]);
  assert.deepEqual(offered("flow.sub_flow@1"), ["on_error"]);
  assert.deepEqual(offered("flow.for_each@1"), ["on_error"]);
  assert.deepEqual(offered("rule.condition@1"), ["on_error"]);
});

test("what is set and refused can be seen, and so taken away", () => {
  assert.deepEqual(policyFields(types.get("flow.sub_flow@1"), ["retry"]).map(({ name }) => name), ["retry", "on_error"]);
});

test("a trigger says which orders hold others back, which go first, until when a run has to end, and when it stands still", () => {
  assert.deepEqual(offered("connector.webhook@1"), ["while_parked", "while_waiting", "priority", "deadline", "stands_still"]);
});
