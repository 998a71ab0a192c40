import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, disconnect, insertOnWire, refusal } from "../../../../designer/static/js/graph/connect.js";
import { readJson } from "../../../../designer/static/js/graph/json.js";
import { addNode } from "../../../../designer/static/js/graph/nodes.js";
import { small } from "../support/documents.mjs";
import { engine, types } from "../support/engine.mjs";

const ends = (source, target, port = "out") => ({ source, port, target });
const code = (...given) => refusal(small(), types, ends(...given))?.code ?? null;

test("what fits is not refused", () => assert.equal(code("large", "wms", "no"), null));
test("nothing leads into a trigger", () => assert.equal(code("order", "shop"), "wire.into_trigger"));
test("nothing leads in a circle", () => assert.equal(code("large", "order", "no"), "flow.cycle"));
test("nothing leads into itself", () => assert.equal(code("order", "order"), "flow.cycle"));
test("nothing is connected twice", () => assert.equal(code("large", "wms", "yes"), "wire.duplicate"));
test("a port must be there", () => assert.equal(code("large", "wms", "maybe"), "wire.unknown_port"));
test("of several ports one must be named", () => assert.equal(code("large", "wms"), "wire.port_needed"));
test("a trigger cannot fail into a wire", () => assert.equal(code("shop", "keep", "error"), "wire.unknown_port"));
test("an end must be there", () => assert.equal(code("order", "nobody"), "wire.unknown_node"));

test("a wrong type is refused with both types", () => {
  assert.deepEqual(refusal(small(), types, ends("shop", "wms")), {
    code: "wire.type_mismatch",
    fields: { carries: "raw_order", node: "wms", accepts: "order" },
  });
});

test("whatever fails may go anywhere: an error carries no type", () => {
  const doc = addNode(connect(disconnect(small(), ["order -> large"]), ends("shop", "large")), { use: "connector.to_wms@1", at: { x: 0, y: 0 } }).doc;
  assert.equal(refusal(doc, types, ends("large", "to_wms", "no"))?.code, "wire.type_mismatch");
  assert.equal(refusal(doc, types, ends("large", "to_wms", "error")), null);
});

test("a circle is told node by node", () => {
  assert.equal(refusal(small(), types, ends("wms", "order")).fields.nodes, "wms -> order -> large -> wms");
});

test("the engine refuses the same", () => {
  const refused = {};
  for (const { document, attempts } of engine.flows) {
    for (const { ends: tried, codes } of attempts) {
      const found = refusal(readJson(document), types, tried)?.code ?? null;
      assert.ok(found === null ? !codes.length : codes.includes(found), `${JSON.stringify(tried)}: ${found}, the engine: ${codes} in ${document}`);
      refused[found] = (refused[found] ?? 0) + 1;
    }
  }
  for (const known of ["null", "wire.into_trigger", "wire.type_mismatch", "flow.cycle", "wire.duplicate", "wire.unknown_port", "wire.port_needed"]) {
    assert.ok(refused[known] > 0, `${known} was never tried`);
  }
});

test("a wire comes last, once", () => {
  const doc = connect(small(), ends("large", "keep", "no"));
  assert.equal(doc.wires.at(-1), "large.no -> keep");
  assert.equal(connect(doc, ends("large", "keep", "no")), doc);
});

test("a wire from the error port changes a policy that says otherwise, and no other", () => {
  const parked = { ...small(), nodes: { ...small().nodes, order: { ...small().nodes.order, policy: { on_error: "park" } } } };
  assert.equal(connect(parked, ends("order", "keep", "error")).nodes.order.policy.on_error, "route");
  const doc = small();
  assert.equal(connect(doc, ends("order", "keep", "error")).nodes, doc.nodes);
});

test("wires go by their text", () => {
  assert.deepEqual(disconnect(small(), ["order -> large", "wms.error -> keep"]).wires, ["shop -> order", "large.yes -> wms"]);
  const doc = small();
  assert.equal(disconnect(doc, ["a -> b"]), doc);
});

test("a node in a wire takes its place among the wires", () => {
  const { doc, slug } = addNode(small(), { use: "rule.condition@1", at: { x: 0, y: 0 } });
  assert.deepEqual(insertOnWire(doc, types, "order -> large", slug).wires, [
    "shop -> order", "order -> condition", "condition.yes -> large", "large.yes -> wms", "wms.error -> keep",
  ]);
});

test("what does not fit is not led through", () => {
  const { doc, slug } = addNode(small(), { use: "connector.webhook@1", at: { x: 0, y: 0 } });
  assert.equal(insertOnWire(doc, types, "order -> large", slug), doc, "a trigger");
  assert.equal(insertOnWire(doc, types, "shop -> order", "wms"), doc, "a wrong type");
  assert.equal(insertOnWire(doc, types, "shop -> order", "large"), doc, "a circle");
  assert.equal(insertOnWire(doc, types, "no -> wire", slug), doc);
});
