// The first change that the demonstration offers: the team also hears of orders in a foreign currency. What is done of it is read from the state.
import { hasNode, nodeIn, slugsIn } from "../../graph/document.js";
import { own } from "../../graph/own.js";
import { wiresOf } from "../../graph/wires.js";

const TYPE = "rule.condition";
export const FROM = { node: "urgent", port: "no" };
export const TO = "tell_team";
export const CONDITION = 'item.currency != "CNY"';

/**
 * @param {object} doc the document @param {object} first the document when the page was opened
 * @param {{problems: object[], overlay: object|null, published: number|null, firstPublished: number|null, live: object|null}} around
 * @returns {{slug: string|null, done: boolean[]}} `slug`: the new node; `done`: for each step
 */
export function progress(doc, first, { problems, overlay, published, firstPublished, live }) {
  const slug = slugsIn(doc).find((one) => !hasNode(first, one) && String(nodeIn(doc, one).use).startsWith(`${TYPE}@`)) ?? null;
  const has = (source, port, target) => wiresOf(doc).some((wire) => wire.source === source && wire.port === port && wire.target === target);
  const out = published !== firstPublished;
  return {
    slug,
    done: [
      slug !== null,
      slug !== null && has(FROM.node, FROM.port, slug),
      slug !== null && has(slug, "yes", TO),
      slug !== null && Boolean(nodeIn(doc, slug).params?.when) && !problems.some(({ node }) => node === slug),
      out || Boolean(slug && overlay?.kind === "trial" && overlay.steps.has(slug)),
      out,
      out && Boolean(slug && own(live?.nodes, slug)?.out?.yes),
    ],
  };
}
