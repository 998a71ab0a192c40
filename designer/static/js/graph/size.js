// How much room a box takes on the board, in pixels, as near as the document alone tells: its ports are those that wires use.
import { nodeIn } from "./document.js";
import { remember } from "./remember.js";
import { DEFAULT_PORT, wiresOf } from "./wires.js";

export const COLUMN = 250;
export const ROW = 130;
export const WIDTH = 200;
export const HEAD = 46;
export const FOOT = 30;
export const PORT = 22;
export const GAP = 20; // the least between two boxes

/** @param {import("./document.js").Doc} doc @param {string} slug */
export function heightIn(doc, slug) {
  const used = portsUsed(wiresOf(doc)).get(slug)?.size ?? 0;
  const cases = nodeIn(doc, slug)?.params?.cases;
  const ports = Math.max(used, Array.isArray(cases) ? cases.length + 1 : 0);
  return HEAD + FOOT + (ports ? ports * PORT + 6 : 0);
}

const portsUsed = remember((links) => {
  const used = new Map();
  for (const { source, port } of links) {
    if (port === DEFAULT_PORT) continue;
    if (!used.has(source)) used.set(source, new Set());
    used.get(source).add(port);
  }
  return used;
});

/**
 * Whether two boxes lie on, or too close to, each other.
 * @param {{x: number, y: number, height: number}} one @param {{x: number, y: number, height: number}} other
 */
export const collide = (one, other) =>
  Math.abs(one.x - other.x) < WIDTH + GAP && one.y < other.y + other.height + GAP && other.y < one.y + one.height + GAP;
