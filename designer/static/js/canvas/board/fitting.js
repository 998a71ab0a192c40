// From how far everything is seen, also where a box lies far out.
import { drawnPlaces } from "../../graph/places.js";
import { remember } from "../../graph/remember.js";
import { isNarrow } from "../narrow.js";
import { WIDTH } from "./card_size.js";

const USUAL = 0.08;
const READABLE = 0.2;
const BOX = 100; // the height of a box, about
const EDGE = 0.06;
const GUIDE = "300px"; // its height and what lies below it
const SCREEN = { width: 700, height: 400 }; // the least that a board measures, but for one as narrow as a phone
const PHONE = { width: 320, height: 400 };

/** The corners of all that lies on the board. @type {(doc: object) => {left: number, top: number, right: number, bottom: number}} */
export const boundsOf = remember((doc) => {
  const all = Object.values(drawnPlaces(doc));
  const reach = (pick, most) => all.reduce((one, place) => most(one, place[pick]), all[0]?.[pick] ?? 0);
  return { left: reach("x", Math.min), top: reach("y", Math.min), right: reach("x", Math.max) + WIDTH, bottom: reach("y", Math.max) + BOX };
});

/** Around what is fitted: below it the guide, while that is open, covers no box. */
export const roomFor = (guided) => (guided ? { x: EDGE, top: EDGE, bottom: GUIDE } : EDGE);

/** The zoom at which everything is in view, where that is farther than usual. */
export function leastZoom(doc) {
  const { left, top, right, bottom } = boundsOf(doc);
  const { width, height } = isNarrow() ? PHONE : SCREEN;
  return Math.min(USUAL, width / (right - left), height / (bottom - top));
}

/** The zoom at which a flow opens: one that can be read, unless no box would be in view. A phone shows all of it first. */
export function firstZoom(doc) {
  if (isNarrow()) return leastZoom(doc);
  const { left, top, right, bottom } = boundsOf(doc);
  const near = (at, middle, room) => Math.abs(at - middle) < room / READABLE / 2;
  const seen = Object.values(drawnPlaces(doc)).some(({ x, y }) => near(x, (left + right) / 2, SCREEN.width) && near(y, (top + bottom) / 2, SCREEN.height));
  return seen ? READABLE : leastZoom(doc);
}
