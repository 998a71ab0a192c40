import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { say, useTexts } from "../../../designer/static/js/texts.js";

const page = (texts) => ({ getElementById: (id) => (id === "page" ? { textContent: JSON.stringify({ texts }) } : null) });

afterEach(() => {
  delete globalThis.document;
  useTexts();
});

test("without a page a sentence is its msgid", () => {
  assert.equal(say("Delete"), "Delete");
  assert.equal(say("toString"), "toString");
});

test("the page's sentences are used", () => {
  globalThis.document = page({ Delete: "删除" });
  assert.equal(say("Delete"), "删除");
  assert.equal(say("Undo"), "Undo");
});

test("a page without a block, or without texts, says the msgids", () => {
  globalThis.document = { getElementById: () => null };
  assert.equal(say("Delete"), "Delete");
  useTexts();
  globalThis.document = page(undefined);
  assert.equal(say("Delete"), "Delete");
});

test("fields are filled in by name, in the order of the translation", () => {
  useTexts({ "{count} of {all}": "共 {all} 个，第 {count} 个" });
  assert.equal(say("{count} of {all}", { count: 0, all: 3 }), "共 3 个，第 0 个");
});

test("a field that is not given stays visible, and no field is filled twice", () => {
  assert.equal(say("{a} {b} {constructor}", { a: "{b}" }), "{b} {b} {constructor}");
});
