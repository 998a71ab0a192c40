import assert from "node:assert/strict";
import { test } from "node:test";
import { isSlug, slugFor } from "../../../../designer/static/js/graph/slugs.js";

const docOf = (...slugs) => ({ nodes: Object.fromEntries(slugs.map((slug) => [slug, { use: "a.b@1" }])) });

test("a node is called by its type", () => assert.equal(slugFor(docOf(), "rule.condition@1"), "condition"));

test("a second one gets a number, and gaps are filled", () => {
  assert.equal(slugFor(docOf("condition"), "rule.condition@2"), "condition_2");
  assert.equal(slugFor(docOf("condition", "condition_3"), "rule.condition@1"), "condition_2");
});

test("a name that a wire waits for is not taken by chance", () => {
  assert.equal(slugFor({ ...docOf("a"), wires: ["a -> condition"] }, "rule.condition@1"), "condition_2");
});

test("a name that every object has is free", () => assert.equal(slugFor(docOf(), "rule.constructor@1"), "constructor"));

test("the longest name stays within 60", () => {
  const long = "a".repeat(60);
  const slug = slugFor(docOf(long), `rule.${long}@1`);
  assert.ok(isSlug(slug) && slug.endsWith("_2"));
});

test("a slug begins with a small letter", () => {
  assert.deepEqual(["a", "a_1", "1a", "A", "a-b", "", "a".repeat(61)].map(isSlug), [true, true, false, false, false, false, false]);
});
