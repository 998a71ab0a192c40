import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf } from "../../../../designer/static/js/form/fields.js";
import { addItem, addKey, cleared, emptyValue, moveItem, removeItem, removeKey, renameKey, settled, shownAt, valueAt, withValue } from "../../../../designer/static/js/form/values.js";
import { frozen } from "../support/documents.mjs";
import { types } from "../support/engine.mjs";
import { readJson } from "../../../../designer/static/js/graph/json.js";

const field = (use, name) => fieldsOf(types.get(use).params).find((one) => one.name === name);
const CASES = field("rule.switch@1", "cases");
const KEYWORDS = field("rule.tag_order@1", "keywords");
const QUERY = field("connector.http_request@1", "query");

test("a value is found where it lies, or nowhere", () => {
  const params = { cases: [{ when: "true" }] };
  assert.equal(valueAt(params, ["cases", 0, "when"]), "true");
  for (const path of [["cases", 1, "when"], ["cases", 0, "when", "deeper"], ["constructor"], ["cases", "length"]]) assert.equal(valueAt(params, path), undefined);
  assert.equal(valueAt(undefined, ["a"]), undefined);
});

test("a value is put, and what was there is not touched", () => {
  const params = frozen({ cases: [{ when: "a" }, { when: "b" }], other: { x: 1 } });
  const next = withValue(params, ["cases", 1, "when"], "c");
  assert.deepEqual(next, { cases: [{ when: "a" }, { when: "c" }], other: { x: 1 } });
  assert.equal(next.other, params.other);
  assert.equal(next.cases[0], params.cases[0]);
});

test("what lies between is made", () => assert.deepEqual(withValue(undefined, ["add", "days", 0, "n"], 3), { add: { days: [{ n: 3 }] } }));

test("what stands in the way is replaced", () => assert.deepEqual(withValue({ add: "text" }, ["add", "days"], 3), { add: { days: 3 } }));

test("undefined removes", () => {
  assert.deepEqual(withValue({ a: 1, b: 2 }, ["a"], undefined), { b: 2 });
  assert.deepEqual(withValue({ a: [1, 2, 3] }, ["a", 1], undefined), { a: [1, 3] });
  assert.deepEqual(withValue({}, ["a", "b"], undefined), {});
});

test("what equals the default is not written, unless it is required", () => {
  const method = field("connector.http_request@1", "method");
  assert.deepEqual(withValue({ method: "GET" }, ["method"], "POST", method), {});
  assert.deepEqual(withValue({}, ["method"], "GET", method), { method: "GET" });
  assert.deepEqual(withValue({}, ["method"], "POST", { ...method, required: true }), { method: "POST" });
});

test("a list or map that is empty is not written, unless that differs from the default", () => {
  assert.deepEqual(withValue({ query: { a: "1" } }, ["query"], {}, QUERY), {});
  assert.deepEqual(withValue({}, ["keywords"], [], KEYWORDS), { keywords: [] });
  assert.deepEqual(withValue({ keywords: [] }, ["keywords"], ["urgent", "加急"], KEYWORDS), {});
});

test("a field that is emptied says none where nothing would mean the default", () => {
  const high = field("rule.tag_order@1", "high_from");
  assert.deepEqual(withValue({}, ["high_from"], cleared(high), high), { high_from: null });
  const hours = field("rule.tag_order@1", "ship_within_hours");
  assert.deepEqual(withValue({ ship_within_hours: 3 }, ["ship_within_hours"], cleared(hours), hours), {});
  assert.equal(cleared(field("connector.webhook@1", "channel")), undefined);
});

test("a long number is a value like any other", () => {
  const params = readJson('{"rows": [{"id": 4012600000000000010}]}');
  assert.equal(withValue(params, ["rows", 0, "name"], "x").rows[0].id, params.rows[0].id);
  assert.equal(valueAt(params, ["rows", 0, "id", "value"]), undefined);
});

test("an item is added, moved and removed", () => {
  const two = addItem(addItem({}, ["cases"], CASES), ["cases"], CASES);
  assert.deepEqual(two, { cases: [{}, {}] });
  const named = { cases: [{ when: "a" }, { when: "b" }, { when: "c" }] };
  assert.deepEqual(moveItem(named, ["cases"], 0, 2).cases.map(({ when }) => when), ["b", "c", "a"]);
  assert.equal(moveItem(named, ["cases"], 0, 3), named);
  assert.equal(moveItem(named, ["cases"], 1, 1), named);
  assert.deepEqual(removeItem(named, ["cases"], 1).cases.map(({ when }) => when), ["a", "c"]);
});

test("a list that was not written down begins with its default", () => {
  assert.deepEqual(shownAt({}, ["keywords"], KEYWORDS), ["urgent", "加急"]);
  assert.deepEqual(addItem({}, ["keywords"], KEYWORDS), { keywords: ["urgent", "加急", ""] });
  assert.deepEqual(removeItem({}, ["keywords"], 0, KEYWORDS), { keywords: ["加急"] });
  assert.deepEqual(withValue(settled({}, ["keywords"], KEYWORDS), ["keywords", 0], "now"), { keywords: ["now", "加急"] });
  assert.deepEqual(removeItem({ ok: [404] }, ["ok"], 0, field("connector.http_request@1", "ok")), {});
});

test("an entry is added, renamed in its place, and removed", () => {
  const map = { query: { a: "1", b: "2" } };
  assert.deepEqual(addKey({}, ["query"], "page", QUERY), { query: { page: "" } });
  assert.equal(addKey(map, ["query"], "a", QUERY), map);
  assert.deepEqual(Object.entries(renameKey(map, ["query"], "a", "z", QUERY).query), [["z", "1"], ["b", "2"]]);
  assert.equal(renameKey(map, ["query"], "a", "b", QUERY), map);
  assert.deepEqual(removeKey({ query: { a: "1" } }, ["query"], "a", QUERY), {});
});

test("a beginning fits its kind", () => {
  const kinds = { text: "", longtext: "", expression: "", money: "", boolean: false, list: [], object: {}, map: {}, json: null, connection: { connection: "" }, secret: { secret: "" } };
  for (const [kind, value] of Object.entries(kinds)) assert.deepEqual(emptyValue({ kind }), value, kind);
  assert.deepEqual([emptyValue({ kind: "integer", min: 100, max: 599 }), emptyValue({ kind: "number", max: -5 }), emptyValue({ kind: "integer" })], [100, -5, 0]);
  assert.equal(emptyValue({ kind: "choice", choices: [{ value: "a" }] }), "a");
  assert.equal(emptyValue({ kind: "text", default: "UTC" }), "UTC");
});
