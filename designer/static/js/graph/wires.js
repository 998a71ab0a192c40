// A wire is a line of text: "a -> b", or "a.port -> b" where it leaves by another port than `out`.
import { wireTexts } from "./document.js";
import { remember } from "./remember.js";

export const DEFAULT_PORT = "out";
export const ERROR_PORT = "error";

/** @typedef {{source: string, port: string, target: string}} Ends @typedef {Ends & {text: string}} Link */

const FORM = /^([a-z][a-z0-9_]*)(?:\.([a-z][a-z0-9_]*))? -> ([a-z][a-z0-9_]*)$/;

/** @param {string} text @returns {Link|null} null: it is no wire */
export function parseWire(text) {
  const found = typeof text === "string" ? FORM.exec(text) : null;
  return found && { source: found[1], port: found[2] ?? DEFAULT_PORT, target: found[3], text };
}

/** @param {Ends} ends */
export const wireText = ({ source, port, target }) => `${source}${port === DEFAULT_PORT ? "" : `.${port}`} -> ${target}`;

/** @param {import("./document.js").Doc} doc @returns {Link[]} in the order of the document, less what is no wire */
export const wiresOf = (doc) => parsed(wireTexts(doc));

const parsed = remember((texts) => texts.map(parseWire).filter((link) => link !== null));
