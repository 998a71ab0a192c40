import assert from "node:assert/strict";
import { test } from "node:test";
import { grouped } from "../../../../designer/static/js/canvas/drawer/problem_groups.js";
import { fixesOf } from "../../../../designer/static/js/canvas/drawer/test_fixes.js";

const first = { name: "urgent", trigger: "in", input: [{}], answers: { wms: [1] }, expect: { gone: { items: [] }, kept: { items: [] } } };
const doc = { tests: [first, { name: "other", trigger: "in", input: [{}], expect: { gone: { items: [] } } }] };

test("problems are grouped: nodes, wires, tests, then the flow", () => {
  const problem = (parts) => ({ node: null, wire: null, test: null, ...parts });
  const groups = grouped([problem({}), problem({ test: "t" }), problem({ node: "b" }), problem({ wire: "a -> b" }), problem({ node: "a" }), problem({ node: "b" })]);
  assert.deepEqual(groups.map(({ kind, name, problems }) => [kind, name, problems.length]), [["node", "b", 2], ["node", "a", 1], ["wire", "a -> b", 1], ["test", "t", 1], ["flow", "", 1]]);
});

test("an expectation goes alone while the test expects something else", () => {
  const [part, whole] = fixesOf(doc, { code: "test.unknown_node", test: "urgent", path: ["expect", "gone"] });
  assert.deepEqual(part.doc.tests[0].expect, { kept: { items: [] } });
  assert.deepEqual(whole.doc.tests.map(({ name }) => name), ["other"]);
  assert.equal(doc.tests[0], first);
});

test("an answer that is the last one takes its part with it", () => {
  const [part] = fixesOf(doc, { code: "test.unknown_node", test: "urgent", path: ["answers", "wms"] });
  assert.equal("answers" in part.doc.tests[0], false);
});

test("the last expectation goes with its test", () => {
  const fixes = fixesOf(doc, { code: "test.unknown_node", test: "other", path: ["expect", "gone"] });
  assert.deepEqual(fixes.map(({ doc: next }) => next.tests.length), [1]);
});

test("of two tests of one name the later one goes", () => {
  const twice = { tests: [first, { ...first, trigger: "b" }] };
  const [whole] = fixesOf(twice, { code: "test.twice", test: "urgent", path: [] });
  assert.deepEqual(whole.doc.tests, [first]);
});
