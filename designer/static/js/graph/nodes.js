// Nodes come, and get other settings. What is default leaves no trace in the document.
import { entriesIn, filtered, hasNode, isObject, layoutIn, nodeIn, withLayout } from "./document.js";
import { keepPlaces } from "./move.js";
import { placeText } from "./places.js";
import { slugFor } from "./slugs.js";

export { removeNodes, removeNodesAndTests } from "./remove.js";
export { renameNode } from "./rename.js";

/** @typedef {import("./document.js").Doc} Doc */

const KEYS = ["use", "title", "params", "policy", "disabled"];

/**
 * @param {Doc} doc
 * @param {{use: string, params?: Record<string, unknown>, title?: Record<string, string>, at: {x: number, y: number}}} node
 * @returns {{doc: Doc, slug: string}}
 */
export function addNode(doc, { use, params, title, at }) {
  const slug = slugFor(doc, use);
  const nodes = { ...entriesIn(doc), [slug]: tidy({ use, title, params }) };
  const added = withLayout({ ...doc, nodes }, { ...layoutIn(doc), [slug]: placeText(at) });
  return { doc: keepPlaces(doc, added), slug };
}

/** @param {Doc} doc @param {string} slug @param {Record<string, unknown>} params @returns {Doc} */
export const setParams = (doc, slug, params) => change(doc, slug, { params });

/** @param {Doc} doc @param {string} slug @param {string} language @param {string} text empty: no title in that language @returns {Doc} */
export function setTitle(doc, slug, language, text) {
  const given = nodeIn(doc, slug)?.title;
  const title = isObject(given) ? given : {};
  return change(doc, slug, { title: text.trim() ? { ...title, [language]: text } : filtered(title, (key) => key !== language) });
}

/** @param {Doc} doc @param {string} slug @param {object|null} policy its unset keys (undefined, null, "") are left out @returns {Doc} */
export const setPolicy = (doc, slug, policy) => change(doc, slug, { policy: policy && withoutUnset(policy) });

/** @param {Doc} doc @param {string} slug @param {boolean} disabled @returns {Doc} */
export const setDisabled = (doc, slug, disabled) => change(doc, slug, { disabled });

/** A node as a person would write it: keys in the usual order, none that says nothing. @param {Record<string, any>} node @returns {import("./document.js").FlowNode} */
export function tidy(node) {
  const keys = [...KEYS.filter((key) => Object.hasOwn(node, key)), ...Object.keys(node).filter((key) => !KEYS.includes(key))];
  return Object.fromEntries(keys.filter((key) => key === "use" || !saysNothing(node[key])).map((key) => [key, node[key]]));
}

function change(doc, slug, parts) {
  if (!hasNode(doc, slug)) return doc;
  return { ...doc, nodes: { ...entriesIn(doc), [slug]: tidy({ ...nodeIn(doc, slug), ...parts }) } };
}

function withoutUnset(policy) {
  const inner = Object.entries(policy).map(([key, value]) => [key, isObject(value) ? withoutUnset(value) : value]);
  return filtered(Object.fromEntries(inner), (_, value) => value !== "" && !saysNothing(value));
}

const saysNothing = (value) =>
  value === undefined || value === null || value === false || (isObject(value) && !Object.keys(value).length);
