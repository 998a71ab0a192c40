// A flow document as it came: its parts, also where a person wrote it by hand and something is missing or of the wrong shape.
import { own } from "./own.js";
import { remember } from "./remember.js";

/**
 * @typedef {{use: string, title?: Record<string, string>, params?: Record<string, unknown>, policy?: object, disabled?: boolean}} FlowNode
 * @typedef {{nodes: Record<string, FlowNode>, wires?: string[], layout?: Record<string, string>, [part: string]: any}} Doc
 */

/** @param {unknown} value @returns {value is Record<string, any>} a JSON object: neither null nor a list nor an exact number */
export const isObject = (value) => typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Whether there is something to draw: the nodes have names, or there are none yet. @param {Doc} doc */
export const isDrawable = (doc) => isObject(doc) && (doc.nodes === undefined || doc.nodes === null || isObject(doc.nodes));

/** Everything that stands among the nodes, also what is none: for writing. @param {Doc} doc @returns {Record<string, any>} */
export const entriesIn = (doc) => (isObject(doc.nodes) ? doc.nodes : NOTHING);

/** Those that are nodes: for reading. @param {Doc} doc @returns {Record<string, FlowNode>} */
export const nodesIn = (doc) => readable(entriesIn(doc));

const readable = remember((entries) => (Object.values(entries).every(isObject) ? entries : filtered(entries, (_, node) => isObject(node))));

/** @param {Doc} doc @param {string} slug @returns {FlowNode|null} */
export const nodeIn = (doc, slug) => own(nodesIn(doc), slug) ?? null;

/** @param {Doc} doc @returns {string[]} slugs as declared */
export const slugsIn = (doc) => Object.keys(nodesIn(doc));

/** @param {Doc} doc @param {string} slug */
export const hasNode = (doc, slug) => Object.hasOwn(nodesIn(doc), slug);

/** @param {Doc} doc @returns {string[]} the texts of the wires, also those that are no wires */
export const wireTexts = (doc) => (Array.isArray(doc.wires) ? doc.wires : NONE);

/** @param {Doc} doc @returns {any[]} the tests, also those that are no tests */
export const testsIn = (doc) => (Array.isArray(doc.tests) ? doc.tests : NONE);

/** A text that stands in several languages, in one of them; "" where it has none in that. @param {unknown} texts @param {string} language */
export const textIn = (texts, language) => (isObject(texts) && typeof own(texts, language) === "string" ? texts[language] : "");

/** The same in a reader's language, else in any. @param {unknown} texts @param {string} language */
export const anyTextIn = (texts, language) =>
  textIn(texts, language) || (isObject(texts) && Object.values(texts).find((text) => text && typeof text === "string")) || "";

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
