import assert from "node:assert/strict";
import { test } from "node:test";
import { followCases, hasCasePorts } from "../../../../designer/static/js/graph/cases.js";

const DOC = {
  nodes: { way: { use: "rule.switch@1", params: { cases: [{ when: "a" }, { when: "b" }, { when: "c" }] } }, a: { use: "x.y@1" }, b: { use: "x.y@1" }, c: { use: "x.y@1" } },
  wires: ["a -> way", "way.case_1 -> a", "way.case_2 -> b", "way.case_2 -> c", "way.case_3 -> c", "way.otherwise -> a", "b.case_1 -> c"],
};

test("wires follow a case that is moved", () => {
  const swapped = followCases(DOC, "way", (n) => ({ 0: 1, 1: 0 })[n] ?? n);
  assert.deepEqual(swapped.wires, ["a -> way", "way.case_2 -> a", "way.case_1 -> b", "way.case_1 -> c", "way.case_3 -> c", "way.otherwise -> a", "b.case_1 -> c"]);
});

test("wires of a case that goes, go; those behind it move up", () => {
  const left = followCases(DOC, "way", (n) => (n === 1 ? null : n > 1 ? n - 1 : n));
  assert.deepEqual(left.wires, ["a -> way", "way.case_1 -> a", "way.case_2 -> c", "way.otherwise -> a", "b.case_1 -> c"]);
});

test("a document in which no wire changes stays the same object", () => {
  assert.equal(followCases(DOC, "way", (n) => n), DOC);
  assert.equal(followCases(DOC, "a", () => null), DOC);
});

test("only the cases of a switch have ports", () => {
  assert.equal(hasCasePorts(DOC, "way", "cases"), true);
  assert.equal(hasCasePorts(DOC, "way", "title"), false);
  assert.equal(hasCasePorts(DOC, "a", "cases"), false);
  assert.equal(hasCasePorts(DOC, "gone", "cases"), false);
});
