// A tidy arrangement from left to right, worked out by dagre.
import { hasNode } from "./document.js";
import { orderOf } from "./order.js";
import { COLUMN, placeOf, placeText, ROW } from "./places.js";
import { heightIn, WIDTH } from "./size.js";
import { wiresOf } from "./wires.js";

const BETWEEN_ROWS = 52;

/**
 * @param {import("./document.js").Doc} doc @param {{Graph: any, layout: (graph: any) => void}} dagre the module
 * @param {(slug: string) => number} [heightOf] of the boxes as drawn, in pixels
 * @returns {Record<string, import("./places.js").Place>} the first column at 1, the first row at 1, all on the grid
 */
export function autoLayout(doc, dagre, heightOf = (slug) => heightIn(doc, slug)) {
  const slugs = orderOf(doc);
  if (!slugs.length) return {};
  const graph = new dagre.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", ranksep: COLUMN - WIDTH, nodesep: BETWEEN_ROWS, edgesep: 0 });
  for (const slug of slugs) graph.setNode(slug, { width: WIDTH, height: heightOf(slug) });
  // What is told last, dagre puts on top.
  for (const { source, port, target } of [...wiresOf(doc)].reverse()) {
    if (hasNode(doc, source) && hasNode(doc, target) && source !== target) graph.setEdge(source, target, {}, port);
  }
  dagre.layout(graph);
  return snapped(slugs, (slug) => graph.node(slug));
}

/** From middles to upper left corners, moved to the first column and row. */
function snapped(slugs, middleOf) {
  const corners = slugs.map((slug) => [slug, cornerOf(middleOf(slug))]);
  const left = Math.min(...corners.map(([, { x }]) => x)) - COLUMN;
  const top = Math.min(...corners.map(([, { y }]) => y)) - ROW;
  return Object.fromEntries(corners.map(([slug, { x, y }]) => [slug, placeOf(placeText({ x: x - left, y: y - top }))]));
}

const cornerOf = ({ x, y, height }) => ({ x: x - WIDTH / 2, y: y - height / 2 });
