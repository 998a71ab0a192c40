import assert from "node:assert/strict";
import { test } from "node:test";
import { isNumber, numberText, readJson, writeJson } from "../../../../designer/static/js/graph/json.js";

test("a long id keeps every digit", () => {
  const { tid } = readJson('{"tid": 4012600000000000010}');
  assert.equal(numberText(tid), "4012600000000000010");
  assert.equal(writeJson({ tid }), '{\n  "tid": 4012600000000000010\n}');
});

test("an amount keeps its zeros", () => assert.equal(writeJson(readJson("[600.00, 1.50, 1e3, -0]")).replaceAll(/\s/g, ""), "[600.00,1.50,1e3,-0]"));

test("a byte order mark is passed over in front only", () => {
  assert.deepEqual(readJson('\ufeff{"a":"\ufeff"}'), { a: "\ufeff" });
  assert.throws(() => readJson("\ufeff\ufeff{}"), SyntaxError);
});

test("an everyday number is a number", () => assert.deepEqual(readJson("[1, -2, 0.5]"), [1, -2, 0.5]));

test("either kind counts as a number", () => assert.deepEqual(readJson('[1, 4012600000000000010, "1", null, {}]').map(isNumber), [true, true, false, false, false]));

test("a key that means something to JavaScript is only a key", () => {
  const text = '{"nodes":{"constructor":{"params":{"__proto__":{"a":1}}}}}';
  assert.equal(writeJson(readJson(text)).replaceAll(/\s/g, ""), text);
});

test("a broken text is told", () => assert.throws(() => readJson('{"a": '), SyntaxError));
