import assert from "node:assert/strict";
import { test } from "node:test";
import { markAt } from "../../../../designer/static/js/canvas/side/text/excerpt.js";
import { withText } from "../../../../designer/static/js/canvas/side/text/flow_texts.js";
import { textOf, valueIn } from "../../../../designer/static/js/canvas/side/text/json_text.js";
import { numberIn } from "../../../../designer/static/js/canvas/side/text/number_text.js";
import { summaryOf } from "../../../../designer/static/js/canvas/side/text/summary.js";
import { writeJson } from "../../../../designer/static/js/graph/json.js";

test("a number is one as soon as it can be read, and text until then", () => {
  assert.deepEqual(["12", " 7 ", "-0.5", "5.", "-", "1e", "007", ""].map(numberIn), [12, 7, -0.5, "5.", "-", "1e", "007", undefined]);
});

test("a number that a double cannot hold stays exact", () => {
  assert.equal(writeJson(numberIn("4012600000000000010")).trim(), "4012600000000000010");
});

test("any value: a plain word needs no quotes", () => {
  assert.deepEqual(["high", "5", '"5"', "true", "", "[1", '{"a": 1}'].map(valueIn), ["high", 5, "5", true, undefined, "[1", { a: 1 }]);
});

test("the text of a value is read as that value again", () => {
  for (const value of ["high", "5", "true", "", " x", "[1", 5, null, false, { a: [1, "b"] }, "say \"x\""]) assert.deepEqual(valueIn(textOf(value)), value);
});

test("the place that cannot be read is marked as a whole word, or as what is missing at the end", () => {
  assert.deepEqual(markAt("a == total + 1", 5), { before: "a == ", marked: "total", after: " + 1" });
  assert.deepEqual(markAt("a ==", 4), { before: "a ==", marked: "\u00a0", after: "" });
  assert.deepEqual(markAt("a == 订单", 5), { before: "a == ", marked: "订单", after: "" });
  assert.deepEqual(markAt("ab", 99), { before: "ab", marked: "\u00a0", after: "" });
});

test("a title that is emptied leaves no trace", () => {
  const doc = { name: "x", title: { en: "X" } };
  assert.deepEqual(withText(doc, "title", "zh", "某"), { name: "x", title: { en: "X", zh: "某" } });
  assert.deepEqual(withText(doc, "title", "en", " "), { name: "x" });
  assert.deepEqual(Object.keys(withText({ title: { en: "X" }, nodes: {} }, "title", "en", "Y")), ["title", "nodes"]);
});

test("a folded item is told by its title and first words", () => {
  assert.equal(summaryOf({ when: "item.qty > 1", title: "many" }), "many · item.qty > 1");
  assert.equal(summaryOf({ when: "true", then: { a: 1 }, compute: {} }), "true · a: 1");
  assert.equal(summaryOf(undefined), "");
});
