// Where the boxes lie: in the document as "column,row", on the board in pixels.
import { hasNode, layoutIn, slugsIn } from "./document.js";
import { orderOf } from "./order.js";
import { remember } from "./remember.js";
import { Room } from "./room.js";
import { COLUMN, heightIn, ROW } from "./size.js";
import { wiresOf } from "./wires.js";

export { COLUMN, ROW };

const FARTHEST = 50_000; // pixels: what lies farther out is drawn at this edge

/** @typedef {{x: number, y: number}} Place in pixels, the upper left corner */

const FORM = /^\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*$/;

/** @param {string} text such as "2,1.5" @returns {Place|null} */
export function placeOf(text) {
  const found = typeof text === "string" ? FORM.exec(text) : null;
  return found && { x: whole(Number(found[1]) * COLUMN), y: whole(Number(found[2]) * ROW) };
}

/** @param {Place} place @returns {string} rounded to tenths of a column and of a row */
export const placeText = ({ x, y }) => `${tenth(x / COLUMN)},${tenth(y / ROW)}`;

/**
 * A place for every node. Those that the document gives none go to free spots by the order of work, right of what leads to them.
 * @type {(doc: import("./document.js").Doc) => Record<string, Place>} Do not change what it returns.
 */
export const places = remember((doc) => {
  const found = new Map();
  for (const slug of slugsIn(doc)) {
    const place = placeOf(layoutIn(doc)[slug]);
    if (place) found.set(slug, { ...place, height: heightIn(doc, slug) });
  }
  if (found.size < slugsIn(doc).length) placeMissing(doc, found);
  return Object.fromEntries(slugsIn(doc).map((slug) => [slug, { x: found.get(slug).x, y: found.get(slug).y }]));
});

/** The same as they are drawn: none so far out that it could not be found. @type {(doc: import("./document.js").Doc) => Record<string, Place>} */
export const drawnPlaces = remember((doc) => Object.fromEntries(Object.entries(places(doc)).map(([slug, { x, y }]) => [slug, { x: within(x), y: within(y) }])));

function placeMissing(doc, found) {
  const sources = sourcesOf(doc);
  const room = new Room(found.values());
  for (const slug of orderOf(doc).filter((one) => !found.has(one))) {
    const before = sources.get(slug).filter((source) => found.has(source)).map((source) => found.get(source));
    const box = room.freeSpot(wishFor(before), heightIn(doc, slug));
    found.set(slug, box);
    room.add(box);
  }
}

function sourcesOf(doc) {
  const sources = new Map(slugsIn(doc).map((slug) => [slug, []]));
  for (const { source, target } of wiresOf(doc)) if (hasNode(doc, target)) sources.get(target).push(source);
  return sources;
}

function wishFor(before) {
  if (!before.length) return { x: COLUMN, y: ROW };
  const column = Math.ceil(Math.max(...before.map(({ x }) => x)) / COLUMN) + 1;
  return { x: column * COLUMN, y: whole(before[0].y / ROW) * ROW };
}

const within = (number) => Math.min(Math.max(number, -FARTHEST), FARTHEST);

/** Never -0. */
const whole = (number) => Math.round(number) || 0;

const tenth = (number) => Math.round(number * 10) / 10 || 0;
