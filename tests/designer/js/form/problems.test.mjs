import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf } from "../../../../designer/static/js/form/fields.js";
import { missing } from "../../../../designer/static/js/form/problems.js";
import { types } from "../support/engine.mjs";

const lacks = (use, params) => missing(fieldsOf(types.get(use).params), params);

test("a required field without a value is missing", () => {
  assert.deepEqual(lacks("rule.condition@1", {}), [["when"]]);
  assert.deepEqual(lacks("rule.condition@1", undefined), [["when"]]);
  assert.deepEqual(lacks("rule.condition@1", { when: "  " }), [["when"]]);
  assert.deepEqual(lacks("rule.condition@1", { when: "true" }), []);
});

test("a connection without a name is missing", () => {
  assert.deepEqual(lacks("connector.to_wms@1", { wms: { connection: "" } }), [["wms"]]);
  assert.deepEqual(lacks("connector.to_wms@1", { wms: { connection: "wms" } }), []);
});

test("inside of items and entries too", () => {
  assert.deepEqual(lacks("rule.switch@1", { cases: [{ when: "true" }, { title: "x" }] }), [["cases", 1, "when"]]);
  assert.deepEqual(lacks("transform.aggregate@1", { measures: { total: {} } }), [["measures", "total", "function"]]);
  assert.deepEqual(lacks("transform.set_fields@1", { fields: { a: "" } }), [["fields", "a"]]);
});

test("a list that must not be empty is missing when it is", () => assert.deepEqual(lacks("rule.switch@1", { cases: [] }), [["cases"]]));

test("an optional object is looked into only where it is there", () => {
  assert.deepEqual(lacks("connector.webhook@1", {}), []);
  assert.deepEqual(lacks("transform.date@1", { field: "a", zone: "UTC", add: null }), []);
});

test("zero and false are values", () => assert.deepEqual(lacks("transform.limit@1", { count: 0 }), []));

test("no example of any node lacks anything", () => {
  for (const type of types.values()) for (const { params } of type.examples) assert.deepEqual(lacks(type.use, params), [], type.use);
});
