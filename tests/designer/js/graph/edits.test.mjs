// Whatever a person does, in whatever order.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sameDocument } from "../../../../designer/static/js/graph/canonical.js";
import { commit, redo, start, undo } from "../../../../designer/static/js/graph/history.js";
import { readJson, writeJson } from "../../../../designer/static/js/graph/json.js";
import { behind } from "../../../../designer/static/js/graph/order.js";
import { isSlug } from "../../../../designer/static/js/graph/slugs.js";
import { wiresOf } from "../../../../designer/static/js/graph/wires.js";
import { flowNamed, frozen, small } from "../support/documents.mjs";
import { anyEdit } from "../support/edits.mjs";
import { chance } from "../support/random.mjs";

const SEEDS = 30;
const LENGTH = 60;

/** Every document on the way is frozen: an edit in place would throw. */
function session(seed) {
  const by = chance(seed);
  const first = [small(), flowNamed("order_hub"), { ...flowNamed("retail_import"), layout: {} }, frozen({ format: 1, name: "bare", nodes: { one: { use: "rule.condition@1" } } })][seed % 4];
  let history = start(first);
  const kinds = new Set();
  for (let n = 0; n < LENGTH; n++) {
    const { kind, doc } = anyEdit(history.present, by);
    if (doc !== history.present) kinds.add(kind);
    history = commit(history, frozen(doc), { label: kind });
    assertSound(doc, `seed ${seed}, edit ${n}: ${kind}`);
  }
  return { first, history, kinds };
}

function assertSound(doc, where) {
  const slugs = Object.keys(doc.nodes);
  assert.ok(slugs.every(isSlug), where);
  assert.ok(slugs.every((slug) => !behind(doc, slug).has(slug)), `${where}: a cycle`);
  assert.ok(Object.keys(doc.layout ?? {}).every((slug) => slug in doc.nodes), `${where}: a place of nobody`);
  assert.equal(wiresOf(doc).length, (doc.wires ?? []).length, `${where}: no wire`);
  assert.equal(new Set(doc.wires).size, (doc.wires ?? []).length, `${where}: twice`);
  assert.ok(wiresOf(doc).every(({ source, target }) => source in doc.nodes && target in doc.nodes), `${where}: a wire to nowhere`);
  for (const { trigger, expect, answers } of doc.tests ?? []) {
    assert.ok([trigger, ...Object.keys(expect), ...Object.keys(answers ?? {})].every((slug) => slug in doc.nodes), `${where}: a test of nobody`);
    assert.ok(Object.keys(expect).length, `${where}: a test that expects nothing`);
  }
  for (const { title, params, policy, disabled } of Object.values(doc.nodes)) {
    for (const part of [title, params, policy]) assert.ok(part === undefined || Object.keys(part).length, `${where}: an empty part`);
    assert.notEqual(disabled, false, where);
  }
}

test("any edits leave a sound document, and undone they leave the first one", () => {
  const tried = new Set();
  for (let seed = 0; seed < SEEDS; seed++) {
    const { first, history, kinds } = session(seed);
    for (const kind of kinds) tried.add(kind);
    let back = history;
    while (back.past.length) back = undo(back);
    assert.equal(back.present, first, `seed ${seed}`);
    while (back.future.length) back = redo(back);
    assert.equal(back.present, history.present, `seed ${seed}`);
  }
  assert.equal(tried.size, 13, [...tried].join());
});

test("a document that was edited is written and read as itself", () => {
  for (let seed = 0; seed < 8; seed++) {
    const { present } = session(seed).history;
    assert.ok(sameDocument(readJson(writeJson(present)), present));
  }
});
