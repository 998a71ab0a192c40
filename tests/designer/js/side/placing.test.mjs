import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf } from "../../../../designer/static/js/form/fields.js";
import { withChange } from "../../../../designer/static/js/canvas/side/form/changing.js";
import { atHome, fieldAt, homeOf } from "../../../../designer/static/js/canvas/side/text/placing.js";

const FIELDS = fieldsOf({
  type: "object",
  required: ["shop", "cases"],
  properties: {
    shop: { type: "object", properties: { connection: { type: "string" } }, required: ["connection"] },
    zone: { type: "string", default: "UTC" },
    from: { anyOf: [{ type: "string", format: "money" }, { type: "null" }], default: "500" },
    words: { type: "array", items: { type: "string" }, default: ["urgent", "加急"] },
    cases: { type: "array", items: { type: "object", properties: { when: { type: "string", format: "cel-condition" } }, required: ["when"] } },
    set: { type: "object", patternProperties: { "^.+$": { type: "string", format: "cel" } }, propertyNames: { format: "path" } },
  },
});

test("a problem comes home to the innermost field that is drawn", () => {
  assert.deepEqual(homeOf(FIELDS, ["cases", 1, "when"]), ["cases", 1, "when"]);
  assert.deepEqual(homeOf(FIELDS, ["shop", "connection"]), ["shop"]);
  assert.deepEqual(homeOf(FIELDS, ["set", "a.b"]), ["set", "a.b"]);
  assert.deepEqual(homeOf(FIELDS, ["cases", 1, "wen"]), ["cases", 1]);
  assert.equal(homeOf(FIELDS, ["nonsense"]), null);
});

test("a problem of something that the form does not show is not lost", () => {
  const problems = [{ path: ["params", "zone"] }, { path: ["params", "nonsense"] }, { path: ["use"] }, { path: [] }];
  const homes = atHome(problems, FIELDS, "params");
  assert.deepEqual([...homes].map(([key, found]) => [key, found.length]), [["zone", 1], ["", 3]]);
});

test("a field is known by its path", () => {
  assert.equal(fieldAt(FIELDS, ["cases", 3, "when"]).kind, "condition");
  assert.equal(fieldAt(FIELDS, ["zone", "x"]), null);
});

test("emptying a field leaves no trace, but is none where nothing would mean the default", () => {
  assert.deepEqual(withChange(FIELDS, { zone: "Asia/Shanghai" }, ["zone"], undefined), {});
  assert.deepEqual(withChange(FIELDS, {}, ["from"], undefined), { from: null });
  assert.deepEqual(withChange(FIELDS, { from: null }, ["from"], "500"), {});
});

test("an item of a default list is changed without losing the others", () => {
  assert.deepEqual(withChange(FIELDS, {}, ["words", 0], "now"), { words: ["now", "加急"] });
});

test("an emptied item or entry stays in its place", () => {
  assert.deepEqual(withChange(FIELDS, { words: ["a", "b"] }, ["words", 0], undefined), { words: ["", "b"] });
  assert.deepEqual(withChange(FIELDS, { set: { x: "1", y: "2" } }, ["set", "x"], undefined), { set: { x: "", y: "2" } });
});
