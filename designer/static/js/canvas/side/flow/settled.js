// A part of the document that says nothing is not there.
import { isObject } from "../../../graph/document.js";

/** @param {object} doc @param {string} part @returns {object} without the part where it is empty */
export function settled(doc, part) {
  if (!isObject(doc[part]) || Object.keys(doc[part]).length) return doc;
  const { [part]: _, ...others } = doc;
  return others;
}
