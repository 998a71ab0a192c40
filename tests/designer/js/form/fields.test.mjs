import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf } from "../../../../designer/static/js/form/fields.js";
import { types } from "../support/engine.mjs";

const fieldsFor = (use) => Object.fromEntries(fieldsOf(types.get(use).params).map((field) => [field.name, field]));
const property = (schema, more = {}) => fieldsOf({ type: "object", properties: { it: schema }, ...more })[0];
const inside = (field) => [field, ...[...(field.fields ?? []), field.item, field.keyed].filter(Boolean).flatMap(inside)];
const everyField = [...types.values()].flatMap((type) => fieldsOf(type.params).flatMap(inside).map((field) => ({ use: type.use, field })));

test("every parameter of every node is understood; JSON is written only where anything may stand", () => {
  assert.ok(types.size >= 34 && everyField.length > 120);
  const places = everyField.filter(({ field }) => field.kind === "json").map(({ use }) => use);
  assert.deepEqual(places, ["rule.decision_table@1", "task.form@1", "transform.lookup@1"]);
});

test("every parameter has a name to be read and help", () => {
  for (const { use, field } of everyField.filter((one) => one.field.name)) {
    assert.ok(field.title.trim() && field.help.trim(), `${use} ${field.name}`);
  }
});

test("every kind is in use", () => {
  const kinds = new Set(everyField.map(({ field }) => field.kind));
  for (const kind of ["text", "longtext", "expression", "condition", "path", "money", "integer", "boolean", "choice", "connection", "secret", "list", "object", "map"]) assert.ok(kinds.has(kind), kind);
});

test("a condition is one, and is required", () => {
  const { when } = fieldsFor("rule.condition@1");
  assert.deepEqual([when.kind, when.required, when.nullable, when.default], ["condition", true, false, undefined]);
});

test("a connection says which types fit", () => {
  const { robot } = fieldsFor("notify.wecom@1");
  assert.deepEqual([robot.kind, robot.connectionTypes, robot.required], ["connection", ["wecom"], true]);
});

test("a secret by reference may be absent, and what it refers to does not speak for it", () => {
  const { secret } = fieldsFor("connector.webhook@1");
  assert.deepEqual([secret.kind, secret.nullable, secret.default, secret.required, secret.title], ["secret", true, null, false, "Secret"]);
  assert.ok(!secret.help.includes("``"));
});

test("a list of objects knows the fields of its items, whose class is no title", () => {
  const { cases } = fieldsFor("rule.switch@1");
  assert.deepEqual([cases.kind, cases.min, cases.max, cases.item.kind, cases.item.title], ["list", 1, 8, "object", ""]);
  assert.deepEqual(cases.item.fields.map(({ name, kind, required, maxLength }) => [name, kind, required, maxLength]), [["when", "condition", true, null], ["title", "text", false, 80]]);
});

test("a map knows its keys and its values", () => {
  const { fields } = fieldsFor("transform.set_fields@1");
  assert.deepEqual([fields.kind, fields.key.format, fields.keyed.kind, fields.min], ["map", "path", "expression", 1]);
  assert.ok(new RegExp(fields.key.pattern).test("receiver.city"));
  assert.deepEqual(fieldsFor("transform.mask_fields@1").fields.keyed.choices.map(({ value }) => value).slice(0, 2), ["phone", "name"]);
});

test("what may be nothing keeps its own kind and default", () => {
  const { high_from, ship_within_hours } = fieldsFor("rule.tag_order@1");
  assert.deepEqual([high_from.kind, high_from.nullable, high_from.default, high_from.min], ["money", true, "500", 0]);
  assert.deepEqual([ship_within_hours.kind, ship_within_hours.max], ["integer", 8760]);
});

test("a duration, a password and a bound that is left out", () => {
  assert.equal(property({ type: "string", format: "duration-text" }).kind, "duration");
  assert.deepEqual([property({ type: "string", format: "password", writeOnly: true }).kind, property({ type: "string", writeOnly: true }).secret], ["text", true]);
  assert.deepEqual([property({ type: "integer", exclusiveMinimum: 0 }).min, property({ type: "number", exclusiveMinimum: 0 }).min], [1, null]);
});

test("one fixed value, a choice of numbers", () => {
  assert.deepEqual(property({ const: 1 }).choices, [{ value: 1, label: "1" }]);
  assert.equal(property({ enum: [1, 2], type: "integer" }).kind, "choice");
});

test("what is not understood is JSON", () => {
  const odd = [{}, true, { anyOf: [{ type: "string" }, { type: "integer" }] }, { type: "array" }, { type: "array", prefixItems: [{}] }, { type: "object" }, { $ref: "#/$defs/Gone" }];
  assert.deepEqual(odd.map((schema) => property(schema).kind), odd.map(() => "json"));
});

test("a schema that leads into itself has an end", () => {
  const tree = { type: "object", properties: { children: { type: "array", items: { $ref: "#/$defs/Tree" } } } };
  const field = property({ $ref: "#/$defs/Tree" }, { $defs: { Tree: tree } });
  assert.deepEqual([field.kind, field.fields[0].kind, field.fields[0].item.kind], ["object", "list", "json"]);
});

test("a name serves where there is no title", () => assert.equal(fieldsOf({ properties: { ship_to: { type: "string" } } })[0].title, "Ship to"));

test("no schema, no fields", () => assert.deepEqual(fieldsOf({}), []));

test("a choice is called by its name, with the value that the help and the file have for it", () => {
  const { choices } = property({ enum: ["asc", "done", "other"], enumTitles: { asc: "从小到大", done: "Done" } });
  assert.deepEqual(choices, [{ value: "asc", label: "从小到大 (asc)" }, { value: "done", label: "Done" }, { value: "other", label: "other" }]);
});
