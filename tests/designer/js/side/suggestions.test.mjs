import assert from "node:assert/strict";
import { test } from "node:test";
import {
  completed, completedPlace, matching, offersOfExpression, offersOfPath, offersOfTemplate, placeAt, wordAt,
} from "../../../../designer/static/js/canvas/side/text/suggestions.js";

const FIELDS = [
  { path: "status", class: "internal" },
  { path: "receiver.phone", class: "restricted" },
  { path: "lines[].sku_code", class: "internal" },
  { path: "time_sources.*.text", class: "internal" },
];

const word = (text) => wordAt(text.replace("|", ""), text.indexOf("|"));

test("the word before the caret is what gets completed", () => {
  assert.deepEqual(word("1 < item.rec| && x"), { from: 4, to: 12, word: "item.rec" });
  assert.deepEqual(word("|"), { from: 0, to: 0, word: "" });
});

test("inside of a quoted text nothing is completed", () => {
  assert.equal(word('item.a == "rec|'), null);
  assert.equal(word("item.a == 'it\\'s rec|"), null);
  assert.equal(word('item.a == "x" && re|').word, "re");
});

test("what hangs on a call or an index is no field of the item", () => {
  assert.equal(word("item.lines[0].sk|"), null);
  assert.equal(word("size(x).y|"), null);
});

test("a field is found by any part of its path, the nearest first", () => {
  const offers = offersOfExpression(FIELDS, ["limit"]);
  assert.deepEqual(matching(offers, "phone").map(({ key }) => key), ["receiver.phone"]);
  assert.deepEqual(matching(offers, "item.st").map(({ key }) => key), ["status"]);
  assert.deepEqual(matching(offers, "sta").map(({ key }) => key)[0], "status");
  assert.deepEqual(matching(offers, "limit").map(({ insert }) => insert), ["flow.constants.limit"]);
  assert.deepEqual(matching(offers, "zzz"), []);
});

test("a field of lines is inserted so that it can be read", () => {
  const inserted = (condition) => offersOfExpression(FIELDS, [], condition).find(({ key }) => key === "lines[].sku_code").insert;
  assert.equal(inserted(false), "item.lines.map(line, line.sku_code)");
  assert.equal(inserted(true), 'item.lines.exists(line, line.sku_code == "")');
});

test("the class of a field is told with it, and a pattern of paths is not offered", () => {
  assert.equal(offersOfPath(FIELDS).find(({ key }) => key === "receiver.phone").class, "restricted");
  assert.equal(offersOfPath(FIELDS).some(({ key }) => key.includes("*")), false);
});

test("completing puts the caret behind the insertion", () => {
  assert.deepEqual(completed("a && rec == 1", { from: 5, to: 8 }, "item.receiver.phone"), { text: "a && item.receiver.phone == 1", caret: 24 });
});

test("a message text has places between braces only", () => {
  assert.equal(placeAt("Order dis", 9), null);
  assert.equal(placeAt("{{ a }} dis", 11), null);
  assert.deepEqual(placeAt("Order {{ dis", 12), { from: 9, to: 12, word: "dis" });
  assert.deepEqual(offersOfTemplate(FIELDS).map(({ key }) => key), ["status", "receiver.phone"]);
});

test("a place is closed where it is still open, and made where there is none", () => {
  assert.deepEqual(completedPlace("Order {{ dis", { from: 9, to: 12 }, "item.status"), { text: "Order {{ item.status }}", caret: 23 });
  assert.deepEqual(completedPlace("Order {{ dis }}!", { from: 9, to: 12 }, "item.status"), { text: "Order {{ item.status }}!", caret: 20 });
  assert.deepEqual(completedPlace("Order {{", { from: 8, to: 8 }, "item.status"), { text: "Order {{ item.status }}", caret: 23 });
  assert.deepEqual(completedPlace("Order ", { from: 6, to: 6 }, "item.status"), { text: "Order {{ item.status }}", caret: 23 });
});
