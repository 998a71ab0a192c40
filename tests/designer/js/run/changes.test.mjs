import assert from "node:assert/strict";
import { test } from "node:test";
import { changesBetween } from "../../../../designer/static/js/canvas/side/changes.js";
import { readJson } from "../../../../designer/static/js/graph/json.js";

const marks = (before, after) => Object.fromEntries(changesBetween(before, after).marks);

test("new and changed fields are named by their paths, also inside objects", () => {
  const before = { no: "1", receiver: { phone: "1", city: "A" }, lines: [{ sku: "x" }] };
  const after = { no: "1", receiver: { phone: "2", city: "A", zip: "9" }, lines: [{ sku: "y" }], tags: [] };
  assert.deepEqual(marks(before, after), { "receiver.phone": "changed", "receiver.zip": "new", lines: "changed", tags: "new" });
});

test("fields that went are named", () => {
  assert.deepEqual(changesBetween({ a: 1, b: { c: 1, d: 2 } }, { b: { d: 2 } }).gone, ["b.c", "a"]);
});

test("the same item has no changes, exact numbers included", () => {
  const text = '{"id": 4012600000000000010, "amount": 600.00}';
  assert.deepEqual(changesBetween(readJson(text), readJson(text)), { marks: new Map(), gone: [] });
  assert.deepEqual(marks(readJson(text), readJson(text.replace("010", "011"))), { id: "changed" });
});

test("an item that was made anew is not marked all over", () => {
  assert.deepEqual(changesBetween({ data: { order_no: 1 } }, { channel: "own_shop" }), { marks: new Map(), gone: [] });
});

test("what is no object has no fields to compare", () => {
  assert.deepEqual(changesBetween("a", { b: 1 }), { marks: new Map(), gone: [] });
  assert.deepEqual(marks({ a: null }, { a: { b: 1 } }), { a: "changed" });
});
