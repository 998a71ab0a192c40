import assert from "node:assert/strict";
import { test } from "node:test";
import { readJson } from "../../../../designer/static/js/graph/json.js";
import { inputOf, portsOf, typesOnPorts } from "../../../../designer/static/js/graph/ports.js";
import { small } from "../support/documents.mjs";
import { engine, types } from "../support/engine.mjs";

const names = (doc, slug) => portsOf(doc, types, slug).map(({ name }) => name);
const one = (use, more = {}, wires = []) => ({ nodes: { it: { use, ...more }, next: { use: "transform.sort@1" } }, wires });

test("a node shows the outputs of its type", () => assert.deepEqual(names(small(), "large"), ["yes", "no"]));

test("the error port shows where errors are routed, or a wire leaves it", () => {
  assert.deepEqual(names(small(), "wms"), ["out", "error"]);
  assert.deepEqual(names(one("connector.to_wms@1"), "it"), ["out"]);
  assert.deepEqual(names(one("connector.to_wms@1", { policy: { on_error: "route" } }), "it"), ["out", "error"]);
});

test("a trigger has no error port", () => assert.deepEqual(names(one("connector.webhook@1", { policy: { on_error: "route" } }), "it"), ["out"]));

test("a switch shows the cases that it has, by their names", () => {
  const doc = one("rule.switch@1", { params: { cases: [{ when: "true", title: "China" }, { when: "true", title: " " }] } });
  assert.deepEqual(names(doc, "it"), ["case_1", "case_2", "otherwise"]);
  assert.equal(portsOf(doc, types, "it")[0].title, "China");
  assert.notEqual(portsOf(doc, types, "it")[1].title.trim(), "");
  assert.deepEqual(names(one("rule.switch@1"), "it"), ["otherwise"]);
});

test("a case that is gone shows as long as a wire uses it", () => {
  assert.deepEqual(names(one("rule.switch@1", {}, ["it.case_3 -> next"]), "it"), ["case_3", "otherwise"]);
});

test("a port that the type does not have shows where a wire uses it", () => {
  assert.deepEqual(names(one("rule.condition@1", {}, ["it.maybe -> next"]), "it"), ["yes", "no", "maybe"]);
});

test("an unknown type shows what wires use", () => {
  assert.deepEqual(names(one("rule.gone@7", {}, ["it.left -> next", "it.error -> next"]), "it"), ["left", "error"]);
  assert.deepEqual(names(one("rule.gone@7"), "it"), []);
  assert.deepEqual(inputOf(one("rule.gone@7"), types, "it"), { accepts: "any" });
});

test("a trigger takes nothing, others what they say", () => {
  assert.equal(inputOf(small(), types, "shop"), null);
  assert.deepEqual(inputOf(small(), types, "wms"), { accepts: "order" });
});

test("a port says what leaves by it", () => {
  assert.deepEqual(portsOf(small(), types, "order").map(({ type }) => type), ["order"]);
  assert.deepEqual(portsOf(small(), types, "large").map(({ type }) => type), ["order", "order"]);
});

test("what leaves each port is what the engine says", () => {
  for (const { document, carried } of engine.flows) assert.deepEqual(Object.fromEntries(typesOnPorts(readJson(document), types)), carried);
});

test("moving a box does not work anything out anew", () => {
  const doc = small();
  assert.equal(typesOnPorts(doc, types), typesOnPorts({ ...doc, layout: {} }, types));
  assert.notEqual(typesOnPorts(doc, types), typesOnPorts({ ...doc, wires: [] }, types));
  assert.notEqual(typesOnPorts(doc, types), typesOnPorts(doc, new Map()));
});
