import assert from "node:assert/strict";
import { test } from "node:test";
import { conditionText } from "../../../../designer/static/js/canvas/side/text/condition_text.js";

const CASES = [
  ["a text in quotes", { path: "status", operator: "==", value: "shipped", kind: "text" }, 'item.status == "shipped"'],
  ["digits of a text stay a text", { path: "zip", operator: "==", value: "200000", kind: "text" }, 'item.zip == "200000"'],
  ["money on both sides", { path: "amount.paid", operator: ">=", value: "1,500.00", kind: "money" }, 'money(item.amount.paid) >= money("1500.00")'],
  ["a day is the beginning of it", { path: "paid_at", operator: "<", value: "2026-01-31", kind: "time" }, 'timestamp(item.paid_at) < timestamp("2026-01-31T00:00:00Z")'],
  ["a number stays bare", { path: "count", operator: "==", value: "5", kind: "number" }, "item.count == 5"],
  ["an unknown field is compared by size as a number", { path: "weight", operator: ">", value: "2.5" }, "item.weight > 2.5"],
  ["an unknown field is equal as a text", { path: "code", operator: "==", value: "007" }, 'item.code == "007"'],
  ["true and false are no texts", { path: "gift", operator: "==", value: "true" }, "item.gift == true"],
  ["one of several", { path: "status", operator: "in", value: "shipped, delivered，completed", kind: "text" }, 'item.status in ["shipped", "delivered", "completed"]'],
  ["contains looks into the text", { path: "note.buyer", operator: "contains", value: 'say "hi"' }, 'item.note.buyer.contains("say \\"hi\\"")'],
  ["set means there and not null", { path: "note.flag", operator: "set" }, "has(item.note.flag) && item.note.flag != null"],
  ["a field of lines means any of them", { path: "lines[].qty", operator: ">", value: "1", kind: "number" }, "item.lines.exists(line, line.qty > 1)"],
  ["a list of texts means any of them", { path: "tags[]", operator: "==", value: "vip", kind: "text" }, 'item.tags.exists(tag, tag == "vip")'],
  ["lists in lists", { path: "lines[].parts[].code", operator: "==", value: "a", kind: "text" }, 'item.lines.exists(line, line.parts.exists(part, part.code == "a"))'],
  ["a list called items does not hide the item", { path: "items[].qty", operator: ">", value: "1", kind: "number" }, "item.items.exists(one, one.qty > 1)"],
  ["a name that CEL does not take after a dot", { path: "收货人.in", operator: "==", value: "x" }, 'item["收货人"]["in"] == "x"'],
  ["such a name that is set", { path: "收货人", operator: "set" }, '"收货人" in item && item["收货人"] != null'],
];

for (const [name, choice, text] of CASES) test(`a condition: ${name}`, () => assert.equal(conditionText(choice), text));

test("a condition that lacks its field or value is none yet", () => {
  assert.equal(conditionText({ path: "", operator: "==", value: "x" }), null);
  assert.equal(conditionText({ path: "status", operator: "==", value: "  " }), null);
});
