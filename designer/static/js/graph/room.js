// Where there is room on the board. Boxes are kept by columns and bands, so that few have to be looked at.
import { COLUMN, collide, GAP, ROW } from "./size.js";

const BAND = 4 * ROW;

/** @typedef {{x: number, y: number, height: number}} Box */

export class Room {
  /** @param {Iterable<Box>} boxes that lie there */
  constructor(boxes) {
    this.cells = new Map();
    this.searched = new Map();
    for (const box of boxes) this.add(box);
  }

  /** @param {Box} box */
  add(box) {
    for (const key of bandsOf(box).map((band) => keyOf(columnOf(box), band))) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
  }

  /** Whether something lies on a box, or too close to it. @param {Box} box */
  isTaken(box) {
    const column = columnOf(box);
    return bandsOf(box).some((band) => [column - 1, column, column + 1].some((one) => this.cells.get(keyOf(one, band))?.some((other) => collide(box, other))));
  }

  /** From a wished place downwards, row by row. @returns {Box} What was searched for one box is not searched again for the next. */
  freeSpot({ x, y }, height) {
    const wish = `${x} ${y} ${height}`;
    const box = { x, y: this.searched.get(wish) ?? y, height };
    while (this.isTaken(box)) box.y += ROW;
    this.searched.set(wish, box.y);
    return box;
  }

  /** How many rows down boxes must go together until they lie on nothing. @param {Box[]} boxes */
  rowsDown(boxes) {
    let rows = 0;
    let last = boxes[0]; // what was in the way is most likely still
    const hits = (box) => this.isTaken({ ...box, y: box.y + rows * ROW });
    for (;;) {
      while (hits(last)) rows++;
      const next = boxes.find(hits);
      if (!next) return rows;
      last = next;
    }
  }
}

const columnOf = ({ x }) => Math.floor(x / COLUMN);

function bandsOf({ y, height }) {
  const [first, last] = [Math.floor((y - GAP) / BAND), Math.floor((y + height + GAP) / BAND)];
  return Array.from({ length: last - first + 1 }, (_, n) => first + n);
}

const keyOf = (column, band) => `${column} ${band}`;
