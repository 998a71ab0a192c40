// Slugs: the readable names of nodes, which wires, tests and runs go by.
import { entriesIn } from "./document.js";
import { wiresOf } from "./wires.js";

const LONGEST = 60;
const FORM = /^[a-z][a-z0-9_]*$/;

/** @param {string} text */
export const isSlug = (text) => FORM.test(text) && text.length <= LONGEST;

/** A free slug for a node of a type: `condition`, then `condition_2`. @param {import("./document.js").Doc} doc @param {string} use */
export function slugFor(doc, use) {
  const name = use.replace(/@.*$/, "").replace(/^.*\./, "");
  return freeSlug(name, takenIn(doc));
}

/**
 * `wish` where it is free, else `wish_2` and so on.
 * @param {string} wish @param {ReadonlySet<string>} taken
 * @param {Map<string, number>} [tried] for many wishes in a row, while `taken` only grows: up to which number each name is taken
 */
export function freeSlug(wish, taken, tried = new Map()) {
  const name = isSlug(wish) ? wish : "node";
  if (!taken.has(name)) return name;
  const base = name.replace(/_\d+$/, "");
  for (let number = tried.get(base) ?? 2; ; number++) {
    const slug = `${base.slice(0, LONGEST - 1 - String(number).length)}_${number}`;
    if (taken.has(slug)) continue;
    tried.set(base, number);
    return slug;
  }
}

/** Slugs that mean something already: of nodes, and of wires that wait for a node of that name. @param {import("./document.js").Doc} doc */
export const takenIn = (doc) => new Set([...Object.keys(entriesIn(doc)), ...wiresOf(doc).flatMap(({ source, target }) => [source, target])]);
