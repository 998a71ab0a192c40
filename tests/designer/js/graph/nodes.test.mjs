import assert from "node:assert/strict";
import { test } from "node:test";
import { addNode, removeNodes, removeNodesAndTests, renameNode, setDisabled, setParams, setPolicy, setTitle } from "../../../../designer/static/js/graph/nodes.js";
import { flowNamed, small } from "../support/documents.mjs";

const at = { x: 500, y: 130 };

test("a new node has its type, its place, and nothing empty", () => {
  const { doc, slug } = addNode(small(), { use: "rule.switch@1", params: {}, title: {}, at });
  assert.equal(slug, "switch");
  assert.deepEqual(doc.nodes.switch, { use: "rule.switch@1" });
  assert.equal(doc.layout.switch, "2,1");
  assert.deepEqual(Object.keys(doc.layout), Object.keys(doc.layout).toSorted());
});

test("what another change touches stays the same object", () => {
  const doc = small();
  const changed = setParams(doc, "large", { when: "true" });
  assert.equal(changed.nodes.wms, doc.nodes.wms);
  assert.equal(changed.tests, doc.tests);
});

test("what is default leaves no trace", () => {
  const doc = { ...small(), nodes: { it: { use: "rule.condition@1" } } };
  const set = (edit) => edit(doc).nodes.it;
  assert.deepEqual(set((one) => setParams(one, "it", {})), { use: "rule.condition@1" });
  assert.deepEqual(set((one) => setTitle(setTitle(one, "it", "en", "Large"), "it", "en", " ")), { use: "rule.condition@1" });
  assert.deepEqual(set((one) => setPolicy(one, "it", { on_error: undefined, timeout: "", retry: { attempts: null } })), { use: "rule.condition@1" });
  assert.deepEqual(set((one) => setDisabled(setDisabled(one, "it", true), "it", false)), { use: "rule.condition@1" });
});

test("a node's keys stand in the order of the canonical form", () => {
  const doc = setTitle(setPolicy(setDisabled(small(), "wms", true), "wms", { timeout: "5s" }), "wms", "zh", "仓库");
  assert.deepEqual(Object.keys(doc.nodes.wms), ["use", "title", "params", "policy", "disabled"]);
});

test("with a node go its wires, place, membership, and what tests say of it", () => {
  const { doc, removedTests } = removeNodesAndTests(small(), ["wms"]);
  assert.deepEqual(doc.wires, ["shop -> order", "order -> large"]);
  assert.ok(!("wms" in doc.layout));
  assert.deepEqual(doc.groups, [{ title: "Warehouse", nodes: ["keep"] }]);
  assert.deepEqual(removedTests, ["only the warehouse"]);
  assert.deepEqual(doc.tests, [{ name: "large ones", trigger: "shop", input: [{}], expect: { keep: { items: [] } } }]);
});

test("with a trigger go its tests, with its last member a group", () => {
  assert.deepEqual(removeNodesAndTests(small(), ["shop"]).removedTests, ["large ones", "only the warehouse"]);
  assert.deepEqual(removeNodes(small(), ["wms", "keep"]).groups, []);
});

test("what is not there is not removed", () => {
  const doc = small();
  assert.equal(removeNodes(doc, ["constructor", "nobody"]), doc);
});

test("all follows a node that is renamed, in the same order", () => {
  const doc = renameNode(small(), "wms", "warehouse");
  assert.deepEqual(Object.keys(doc.nodes), ["shop", "order", "large", "warehouse", "keep"]);
  assert.deepEqual(doc.wires, ["shop -> order", "order -> large", "large.yes -> warehouse", "warehouse.error -> keep"]);
  assert.equal(doc.layout.warehouse, "4,1");
  assert.deepEqual(doc.groups[0].nodes, ["warehouse", "keep"]);
  assert.deepEqual(Object.keys(doc.tests[0].expect), ["warehouse", "keep"]);
  assert.deepEqual(Object.keys(doc.tests[0].answers), ["warehouse"]);
  assert.equal(renameNode(small(), "shop", "own").tests[1].trigger, "own");
});

test("a name that is taken, or none, changes nothing", () => {
  const doc = small();
  for (const name of ["order", "wms", "Not a slug", ""]) assert.equal(renameNode(doc, "wms", name), doc);
  assert.equal(renameNode(doc, "nobody", "somebody"), doc);
});

test("a node that is renamed there and back leaves the same document", () => {
  for (const doc of [small(), flowNamed("order_hub"), flowNamed("retail_import")]) {
    for (const slug of Object.keys(doc.nodes)) {
      const there = renameNode(doc, slug, "a_free_name");
      assert.notDeepEqual(there, doc);
      const back = renameNode(there, "a_free_name", slug);
      assert.deepEqual(back, doc);
      assert.deepEqual(Object.keys(back.nodes), Object.keys(doc.nodes));
    }
  }
});
