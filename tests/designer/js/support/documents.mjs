// Documents of the tests.
import { readFileSync } from "node:fs";
import { readJson } from "../../../../designer/static/js/graph/json.js";

const FLOWS = new URL("../../../../flows/", import.meta.url);

/** A flow that lies in the project, exactly; nothing in it can be changed in place. @param {string} name */
export const flowNamed = (name) => frozen(readJson(readFileSync(new URL(`${name}.json`, FLOWS), "utf8")));

/** Two triggers, a condition, a switch and what follows. */
export const small = () =>
  frozen({
    format: 1,
    name: "small",
    nodes: {
      shop: { use: "connector.own_shop_orders@1", params: { shop: { connection: "own_shop" } } },
      order: { use: "transform.canonical_order@1", params: { channel: "own_shop" } },
      large: { use: "rule.condition@1", params: { when: "item.qty > 10" } },
      wms: { use: "connector.to_wms@1", params: { wms: { connection: "wms" } } },
      keep: { use: "transform.keep_fields@1", params: { fields: ["id"] } },
    },
    wires: ["shop -> order", "order -> large", "large.yes -> wms", "wms.error -> keep"],
    layout: { keep: "5,2", large: "3,1", order: "2,1", shop: "1,1", wms: "4,1" },
    groups: [{ title: "Warehouse", nodes: ["wms", "keep"] }],
    tests: [
      { name: "large ones", trigger: "shop", input: [{}], answers: { wms: [{ status: 200 }] }, expect: { wms: { items: [] }, keep: { items: [] } } },
      { name: "only the warehouse", trigger: "shop", input: [{}], expect: { wms: { items: [] } } },
    ],
  });

/** The same value; whoever changes it in place fails. @template T @param {T} value @returns {T} */
export function frozen(value) {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const one of Object.values(value)) frozen(one);
  return value;
}
