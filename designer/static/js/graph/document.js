// A flow document as it came: its parts, also where a person wrote it by hand and something is missing or of the wrong shape.

/**
 * @typedef {{use: string, title?: Record<string, string>, params?: Record<string, unknown>, policy?: object, disabled?: boolean}} FlowNode
 * @typedef {{nodes: Record<string, FlowNode>, wires?: string[], layout?: Record<string, string>, [part: string]: any}} Doc
 */

/** @param {unknown} value @returns {value is Record<string, any>} a JSON object: neither null nor a list nor an exact number */
export const isObject = (value) => typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** @param {Doc} doc @returns {Record<string, FlowNode>} */
export const nodesIn = (doc) => (isObject(doc.nodes) ? doc.nodes : NOTHING);

/** @param {Doc} doc @returns {string[]} slugs as declared */
export const slugsIn = (doc) => Object.keys(nodesIn(doc));

/** @param {Doc} doc @param {string} slug */
export const hasNode = (doc, slug) => Object.hasOwn(nodesIn(doc), slug);

/** @param {Doc} doc @returns {string[]} the texts of the wires, also those that are no wires */
export const wireTexts = (doc) => (Array.isArray(doc.wires) ? doc.wires : NONE);

/** @param {Doc} doc @returns {Record<string, string>} */
export const layoutIn = (doc) => (isObject(doc.layout) ? doc.layout : NOTHING);

/** @param {Doc} doc @returns {Doc} with another layout, sorted as it is written */
export function withLayout(doc, layout) {
  const sorted = Object.fromEntries(Object.entries(layout).sort(([left], [right]) => (left < right ? -1 : 1)));
  return { ...doc, layout: sorted };
}

/** @param {Record<string, any>} object @param {(key: string, value: any) => boolean} keep */
export const filtered = (object, keep) => Object.fromEntries(Object.entries(object).filter(([key, value]) => keep(key, value)));

const NOTHING = Object.freeze({});
const NONE = Object.freeze([]);
