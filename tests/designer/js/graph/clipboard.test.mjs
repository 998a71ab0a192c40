import assert from "node:assert/strict";
import { test } from "node:test";
import { fragmentOf, paste } from "../../../../designer/static/js/graph/clipboard.js";
import { writeJson } from "../../../../designer/static/js/graph/json.js";
import { places } from "../../../../designer/static/js/graph/places.js";
import { collide, heightIn } from "../../../../designer/static/js/graph/size.js";
import { flowNamed, small } from "../support/documents.mjs";
import { chance } from "../support/random.mjs";

test("a piece holds the nodes, the wires between them and their places", () => {
  assert.deepEqual(JSON.parse(fragmentOf(small(), ["large", "wms", "nobody"])), {
    nodes: { large: small().nodes.large, wms: small().nodes.wms },
    wires: ["large.yes -> wms"],
    layout: { large: "3,1", wms: "4,1" },
  });
});

test("a copy gets fresh names and its own wires, and the wires of old stay", () => {
  const { doc, slugs } = paste(small(), fragmentOf(small(), ["large", "wms"]));
  assert.deepEqual(slugs, ["large_2", "wms_2"]);
  assert.deepEqual(doc.wires, [...small().wires, "large_2.yes -> wms_2"]);
  assert.deepEqual(doc.nodes.wms_2, small().nodes.wms);
});

test("two that would get the same name get two", () => {
  const text = '{"nodes":{"wms":{"use":"a.b@1"},"wms_2":{"use":"a.b@1"}},"wires":["wms -> wms_2"]}';
  const { doc, slugs } = paste(small(), text);
  assert.deepEqual(slugs, ["wms_2", "wms_3"]);
  assert.equal(doc.wires.at(-1), "wms_2 -> wms_3");
});

test("in another flow the names of old are kept", () => {
  assert.deepEqual(paste({ nodes: {} }, fragmentOf(small(), ["large", "wms"])).slugs, ["large", "wms"]);
});

test("a piece keeps its shape, with its corner where it was put", () => {
  const { doc } = paste(small(), fragmentOf(small(), ["wms", "keep"]), { x: 250, y: 13000 });
  assert.equal(doc.layout.wms_2, "1,100");
  assert.equal(doc.layout.keep_2, "2,101");
});

test("whatever is copied shares no name with what was there, and lies on nothing", () => {
  for (let seed = 0; seed < 60; seed++) {
    const by = chance(seed);
    const doc = seed % 2 ? flowNamed("order_hub") : { ...flowNamed("order_hub"), layout: {} };
    const at = by.oneOf([undefined, { x: by.below(3000), y: by.below(1500) }]);
    const pasted = paste(doc, fragmentOf(doc, [by.oneOf(Object.keys(doc.nodes)), ...by.some(Object.keys(doc.nodes))]), at);
    assert.ok(pasted.slugs.every((slug) => !(slug in doc.nodes) && slug in pasted.doc.nodes));
    const box = (slug) => ({ ...places(pasted.doc)[slug], height: heightIn(pasted.doc, slug) });
    for (const slug of pasted.slugs) {
      for (const other of Object.keys(doc.nodes)) assert.ok(!collide(box(slug), box(other)), `${slug} on ${other}, seed ${seed}`);
    }
  }
});

test("a long number survives", () => {
  const doc = flowNamed("order_hub");
  const { input } = doc.tests.find(({ name }) => name.startsWith("a large Taobao"));
  const odd = { nodes: { it: { use: "transform.lookup@1", params: { rows: input } } } };
  assert.ok(writeJson(paste({ nodes: {} }, fragmentOf(odd, ["it"])).doc).includes("4012600000000000010"));
});

for (const text of ["", "hello", "7", "[]", "{}", '{"nodes":{}}', '{"nodes":{"a":1}}', '{"nodes":{"A":{"use":"a.b@1"}}}', '{"nodes":{"a":{"use":"a.b@1","params":[]}}}']) {
  test(`${JSON.stringify(text)} is no piece of a flow`, () => assert.equal(paste(small(), text), null));
}

test("of a foreign node only what belongs to a node is taken, of the wires only those inside", () => {
  const text = '{"nodes":{"a":{"use":"a.b@1","html":"x","disabled":"yes"}},"wires":["a -> shop","a -> a2",7],"layout":{"shop":"9,9"}}';
  const { doc } = paste(small(), text);
  assert.deepEqual(doc.nodes.a, { use: "a.b@1" });
  assert.deepEqual(doc.wires, small().wires);
  assert.equal(doc.layout.shop, "1,1");
});
