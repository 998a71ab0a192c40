// Every kind of edit, at random, as a person could make it.
import { fragmentOf, paste } from "../../../../designer/static/js/graph/clipboard.js";
import { connect, disconnect, insertOnWire, refusal } from "../../../../designer/static/js/graph/connect.js";
import { arrange, moveNodes } from "../../../../designer/static/js/graph/move.js";
import { addNode, removeNodes, renameNode, setDisabled, setParams, setPolicy, setTitle } from "../../../../designer/static/js/graph/nodes.js";
import { portsOf } from "../../../../designer/static/js/graph/ports.js";
import { types } from "./engine.mjs";

const USES = [...types.keys()];

const EDITS = {
  add: (doc, by) => addNode(doc, { use: by.oneOf(USES), at: place(by), params: by.oneOf([undefined, {}, { when: "true" }]) }).doc,
  remove: (doc, by) => (Object.keys(doc.nodes).length > 4 ? removeNodes(doc, [slug(doc, by)]) : doc),
  rename: (doc, by) => renameNode(doc, slug(doc, by), `node_${by.below(40)}`),
  connect: (doc, by) => {
    const source = slug(doc, by);
    const ends = { source, port: by.oneOf([...portsOf(doc, types, source).map(({ name }) => name), "error"]), target: slug(doc, by) };
    return refusal(doc, types, ends) ? doc : connect(doc, ends);
  },
  disconnect: (doc, by) => disconnect(doc, by.some(doc.wires ?? []).slice(0, 2)),
  insert: (doc, by) => (doc.wires?.length ? insertOnWire(doc, types, by.oneOf(doc.wires), slug(doc, by)) : doc),
  move: (doc, by) => moveNodes(doc, { [slug(doc, by)]: place(by), [slug(doc, by)]: place(by) }),
  arrange: (doc, by) => arrange(doc, Object.fromEntries(by.some(Object.keys(doc.nodes)).map((one) => [one, place(by)]))),
  params: (doc, by) => setParams(doc, slug(doc, by), by.oneOf([{}, { cases: [{ when: "true" }] }, { fields: ["id"] }])),
  title: (doc, by) => setTitle(doc, slug(doc, by), by.oneOf(["en", "zh"]), by.oneOf(["", "Hold", "暂缓"])),
  policy: (doc, by) => setPolicy(doc, slug(doc, by), by.oneOf([null, {}, { on_error: "park" }, { retry: { attempts: 3 }, timeout: "" }])),
  disable: (doc, by) => setDisabled(doc, slug(doc, by), by.oneOf([true, false])),
  paste: (doc, by) => paste(doc, fragmentOf(doc, by.some(Object.keys(doc.nodes)).slice(0, 3)), by.oneOf([undefined, place(by)]))?.doc ?? doc,
};

/** @returns {{kind: string, doc: object}} */
export function anyEdit(doc, by) {
  const kind = by.oneOf(Object.keys(EDITS));
  return { kind, doc: EDITS[kind](doc, by) };
}

const slug = (doc, by) => by.oneOf(Object.keys(doc.nodes));

const place = (by) => ({ x: by.between(-300, 3000), y: by.between(-300, 2000) });
