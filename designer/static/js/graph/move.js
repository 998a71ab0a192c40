// Boxes are moved: nothing but `layout` changes.
import { hasNode, layoutIn, slugsIn, withLayout } from "./document.js";
import { placeOf, places, placeText } from "./places.js";

/** @typedef {import("./document.js").Doc} Doc @typedef {import("./places.js").Place} Place */

/** @param {Doc} doc @param {Record<string, Place>} moved by slug @returns {Doc} the same one where all lie there already */
export function moveNodes(doc, moved) {
  const changed = Object.entries(moved).filter(([slug, place]) => hasNode(doc, slug) && layoutIn(doc)[slug] !== placeText(place));
  if (!changed.length) return doc;
  const layout = { ...layoutIn(doc), ...Object.fromEntries(changed.map(([slug, place]) => [slug, placeText(place)])) };
  return keepPlaces(doc, withLayout(doc, layout));
}

/** Gives every box a new place, as an auto-layout found it. @param {Doc} doc @param {Record<string, Place>} found @returns {Doc} */
export const arrange = (doc, found) => moveNodes(doc, found);

/**
 * Boxes without a place in the document get one where they would otherwise jump aside.
 * @param {Doc} before @param {Doc} after @returns {Doc} `after`, with more layout if need be
 */
export function keepPlaces(before, after) {
  const loose = slugsIn(before).filter((slug) => hasNode(after, slug) && !placeOf(layoutIn(after)[slug]));
  if (!loose.length) return after;
  const [was, is] = [places(before), places(after)];
  const jumped = loose.filter((slug) => was[slug].x !== is[slug].x || was[slug].y !== is[slug].y);
  if (!jumped.length) return after;
  const layout = { ...layoutIn(after), ...Object.fromEntries(jumped.map((slug) => [slug, placeText(was[slug])])) };
  return keepPlaces(before, withLayout(after, layout));
}
