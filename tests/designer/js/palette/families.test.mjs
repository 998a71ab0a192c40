import assert from "node:assert/strict";
import { test } from "node:test";
import { sought } from "../../../../designer/static/js/canvas/palette/families.js";

const type = (name, label, help = "", kind = "item") => ({ name, use: `${name}@1`, version: 1, family: name.split(".")[0], label, help, kind });
const TYPES = [
  type("connector.own_shop_orders", "自有商城订单", "按 Standard Webhooks 规范签名。", "trigger"),
  type("connector.webhook", "Webhook", "其他系统推送任意 JSON。", "trigger"),
  type("notify.webhook", "Webhook 通知"),
  type("rule.condition", "条件", "条件成立的走“是”。"),
  type("transform.set_fields", "设置字段", "按条件设置。"),
];
const names = (text) => sought(TYPES, text).flatMap(({ types }) => types.map(({ name }) => name));

test("what is called as one searches comes first, what only speaks of it last", () =>
  assert.deepEqual(names("webhook"), ["connector.webhook", "connector.own_shop_orders", "notify.webhook"]));

test("a family with the name that was searched comes before one that only speaks of it", () => assert.deepEqual(names("条件"), ["rule.condition", "transform.set_fields"]));

test("a name of the document is found with spaces too", () => assert.deepEqual(names("set fields"), ["transform.set_fields"]));

test("without a search all stand in the order of work", () =>
  assert.deepEqual(
    sought(TYPES, " ").map(({ family }) => family),
    ["connector", "transform", "rule", "notify"],
  ));
