// The flow as a list: each node with its wires, in the order of work.
import { hasNode } from "./document.js";
import { orderOf } from "./order.js";
import { portsOf } from "./ports.js";
import { wiresOf } from "./wires.js";

/** @typedef {import("./wires.js").Link} Link */

/**
 * @param {import("./document.js").Doc} doc @param {import("./ports.js").Types} types
 * @returns {{slug: string, depth: number, incoming: Link[], outgoing: Link[], ports: import("./ports.js").Port[]}[]}
 * `depth`: how many nodes come before it on the longest way
 */
export function rows(doc, types) {
  const found = new Map(orderOf(doc).map((slug) => [slug, { slug, depth: 0, incoming: [], outgoing: [], ports: portsOf(doc, types, slug) }]));
  for (const link of wiresOf(doc)) {
    if (hasNode(doc, link.source)) found.get(link.source).outgoing.push(link);
    if (hasNode(doc, link.target)) found.get(link.target).incoming.push(link);
  }
  const done = new Set();
  for (const row of found.values()) {
    row.depth = Math.max(0, ...row.incoming.filter(({ source }) => done.has(source)).map(({ source }) => found.get(source).depth + 1));
    done.add(row.slug);
  }
  return [...found.values()];
}
