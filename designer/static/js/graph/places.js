// Where the boxes lie: in the document as "column,row", on the board in pixels.
import { hasNode, layoutIn, slugsIn } from "./document.js";
import { orderOf } from "./order.js";
import { remember } from "./remember.js";
import { collide, heightIn } from "./size.js";
import { wiresOf } from "./wires.js";

export const COLUMN = 250;
export const ROW = 130;

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

function placeMissing(doc, found) {
  const sources = sourcesOf(doc);
  const grid = new Grid(found.values());
  for (const slug of orderOf(doc).filter((one) => !found.has(one))) {
    const before = sources.get(slug).filter((source) => found.has(source)).map((source) => found.get(source));
    const box = grid.freeSpot(wishFor(before), heightIn(doc, slug));
    found.set(slug, box);
    grid.add(box);
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

/** Boxes by column, so that few have to be looked at. */
class Grid {
  constructor(boxes) {
    this.columns = new Map();
    for (const box of boxes) this.add(box);
  }

  add(box) {
    const column = Math.floor(box.x / COLUMN);
    if (!this.columns.has(column)) this.columns.set(column, []);
    this.columns.get(column).push(box);
  }

  /** From a wished place downwards, row by row. */
  freeSpot({ x, y }, height) {
    const column = Math.floor(x / COLUMN);
    const near = [column - 1, column, column + 1].flatMap((one) => this.columns.get(one) ?? []);
    const box = { x, y, height };
    while (near.some((other) => collide(box, other))) box.y += ROW;
    return box;
  }
}

/** Never -0. */
const whole = (number) => Math.round(number) || 0;

const tenth = (number) => Math.round(number * 10) / 10 || 0;
