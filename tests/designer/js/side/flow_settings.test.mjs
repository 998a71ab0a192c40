import assert from "node:assert/strict";
import { test } from "node:test";
import { withChange } from "../../../../designer/static/js/canvas/side/form/changing.js";
import { constantKind, constantText } from "../../../../designer/static/js/canvas/side/flow/constant_text.js";
import { flowFields } from "../../../../designer/static/js/canvas/side/flow/flow_fields.js";
import { homesOf } from "../../../../designer/static/js/canvas/side/flow/flow_problems.js";
import { settled } from "../../../../designer/static/js/canvas/side/flow/settled.js";
import { valueIn } from "../../../../designer/static/js/canvas/side/text/json_text.js";
import { addKey, removeKey, renameKey } from "../../../../designer/static/js/form/values.js";
import { readJson } from "../../../../designer/static/js/graph/json.js";
import { small } from "../support/documents.mjs";

const fields = flowFields();
const field = (name) => fields.find((one) => one.name === name);
const changed = (doc, path, value) => settled(withChange([field(path[0])], doc, path, value), path[0]);

test("days and number of kept runs are written, and gone with the last of them", () => {
  const both = changed(changed(small(), ["keep", "days"], 14), ["keep", "runs"], 50000);
  assert.deepEqual(both.keep, { days: 14, runs: 50000 });
  const one = changed(both, ["keep", "days"], undefined);
  assert.deepEqual(one.keep, { runs: 50000 });
  assert.deepEqual(changed(one, ["keep", "runs"], undefined), small());
});

test("what is no number yet stays as it is typed, for the check to name", () => {
  assert.deepEqual(changed(small(), ["keep", "days"], "1x").keep, { days: "1x" });
});

test("a constant comes, gets a value and another name, and goes without a trace", () => {
  const added = addKey(small(), ["constants"], "dear", field("constants"));
  assert.deepEqual(added.constants, { dear: "" });
  const filled = changed(changed(added, ["constants", "dear"], "500.00"), ["constants", "far"], ["a"]);
  assert.deepEqual(filled.constants, { dear: "500.00", far: ["a"] });
  const named = renameKey(filled, ["constants"], "dear", "limit", field("constants"));
  assert.deepEqual(Object.keys(named.constants), ["limit", "far"]);
  const fewer = removeKey(named, ["constants"], "far", field("constants"));
  assert.deepEqual(settled(removeKey(fewer, ["constants"], "limit", field("constants")), "constants"), small());
});

test("an emptied constant is the empty text, not gone", () => {
  const doc = changed({ ...small(), constants: { dear: "1" } }, ["constants", "dear"], undefined);
  assert.deepEqual(doc.constants, { dear: "" });
});

for (const [typed, kind] of [["", "empty"], ["dear", "text"], ['"500"', "text"], ["500", "number"], ["600.00", "number"], ["12345678901234567890", "number"], ["true", "boolean"], ['["a", "b"]', "list"], ['{"a": 1}', "object"], ["null", "null"], ["[1,", "text"]]) {
  test(`what is typed as «${typed}» is read as ${kind}, and written so again`, () => {
    const value = typed === "" ? "" : valueIn(typed);
    assert.equal(constantKind(value), kind);
    assert.equal(constantText(value), typed);
  });
}

test("a long list takes lines, a short one does not", () => {
  assert.equal(constantText(["a b", { c: [] }]), '["a b", {"c": []}]');
  assert.equal(constantText(Array(20).fill("long")).split("\n").length, 22);
  assert.equal(constantText(readJson('{"text": "a\\nb", "exact": 1.10}')), '{"text": "a\\nb", "exact": 1.10}');
});

test("a problem of the flow stands at its field, one of a node nowhere here", () => {
  const whole = { node: null, wire: null, test: null };
  const at = (path, more = {}) => ({ ...whole, ...more, path });
  const homes = homesOf([at(["keep", "days"]), at(["constants", "far", 0]), at(["title", "zh"]), at(["keep", "weeks"]), at([]), at(["format"]), at(["params"], { node: "wms" })], fields);
  const places = Object.fromEntries([...homes].map(([key, problems]) => [key, problems.length]));
  assert.deepEqual(places, { "keep/days": 1, "constants/far": 1, "title/zh": 1, keep: 1, "": 2 });
});
