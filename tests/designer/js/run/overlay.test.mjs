import assert from "node:assert/strict";
import { test } from "node:test";
import { isReached, isStale, outputs, sameWork, stepsBySlug, sums } from "../../../../designer/static/js/canvas/state/overlay.js";

const step = (slug, more = {}) => ({ slug, state: "done", inputs: [], outputs: {}, requests: [], failures: [], ...more });
const item = (key) => ({ key, item: {} });

test("moving boxes, titles and tests do not make a test run out of date; nodes and wires do", () => {
  const doc = { nodes: { a: {} }, wires: [], layout: { a: "1,1" }, tests: [] };
  assert.equal(sameWork(doc, { ...doc, layout: { a: "2,1" }, title: { en: "New" }, tests: [{}] }), true);
  assert.equal(sameWork(doc, { ...doc, wires: ["a -> b"] }), false);
  assert.equal(sameWork(doc, { ...doc, nodes: { a: { disabled: true } } }), false);
  assert.equal(sameWork(doc, { ...doc, constants: { rate: "1" } }), false);
});

test("only a test run can be out of date", () => {
  const before = { nodes: {} };
  const state = (kind) => ({ overlay: { kind, document: before }, history: { present: { nodes: { a: {} } } } });
  assert.equal(isStale(state("trial")), true);
  assert.equal(isStale(state("run")), false);
  assert.equal(isStale({ overlay: null, history: { present: before } }), false);
});

test("a step with an open incident counts as parked, one that was decided does not", () => {
  const steps = stepsBySlug([step("a"), step("b")], [{ step: "b", state: "open" }, { step: "a", state: "skipped" }]);
  assert.deepEqual([steps.get("a").state, steps.get("b").state], ["done", "parked"]);
});

test("an incident shows at its node also where the steps cannot be computed any more", () => {
  const steps = stepsBySlug([], [{ step: "b", state: "open" }]);
  assert.deepEqual(steps.get("b"), { slug: "b", inputs: [], outputs: {}, requests: [], failures: [], state: "parked" });
});

test("what was reached, called and failed is counted", () => {
  const steps = stepsBySlug([
    step("trigger", { outputs: { out: [item("1")] } }),
    step("call", { inputs: [item("1")], requests: [{}, {}], failures: [{}] }),
    step("aside", { state: "skipped" }),
  ]);
  assert.deepEqual(sums(steps), { reached: 2, calls: 2, failures: 1 });
  assert.equal(isReached(steps.get("aside")), false);
  assert.equal(outputs(step("a", { outputs: { yes: [item("1")], no: [item("2"), item("3")] } })), 3);
});
