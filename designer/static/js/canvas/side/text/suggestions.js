// What may stand at the caret: fields of the item, what is known of the event, constants, functions.
import { reading, through } from "./field_access.js";

/** @typedef {{key: string, insert: string, class?: string}} Offer `key` is what is shown and searched, `insert` what is written */

const MOST = 40;
const EVENT = ["event.received_at", "event.id", "event.key", "event.trigger", "event.channel", "event.shop_id"];
const FUNCTIONS = [["money()", "money("], ["has()", "has("], ["size()", "size("], ["timestamp()", "timestamp("], ["duration()", "duration("]];
const WORD = /[\p{L}_][\p{L}\p{N}_.]*$/u;

/** @param {{path: string, class: string}[]} fields @param {string[]} constants @param {boolean} [condition] @returns {Offer[]} for an expression */
export function offersOfExpression(fields, constants, condition = false) {
  const [call, use] = condition ? ["exists", (access) => `${access} == ""`] : ["map", undefined];
  const insert = (path) => (path.includes("[]") ? through(path, { call, use }) : reading(path));
  return [
    ...known(fields).map((field) => ({ key: field.path, insert: insert(field.path), class: field.class })),
    ...EVENT.map((name) => ({ key: name, insert: name })),
    ...constants.map((name) => ({ key: `flow.constants.${name}`, insert: reading(name, "flow.constants") })),
    ...FUNCTIONS.map(([key, insertion]) => ({ key, insert: insertion })),
  ];
}

/** Places of a message text; a list has no one value to show. @param {{path: string, class: string}[]} fields @returns {Offer[]} */
export const offersOfTemplate = (fields) => known(fields).filter(({ path }) => !path.includes("[]")).map((field) => ({ key: field.path, insert: reading(field.path), class: field.class }));

/** @param {{path: string, class: string}[]} fields @returns {Offer[]} */
export const offersOfPath = (fields) => known(fields).map((field) => ({ key: field.path, insert: field.path, class: field.class }));

/** Those that a search means, the nearest first; all for an empty one. Behind `item.` only fields of the item. @param {Offer[]} offers @param {string} search */
export function matching(offers, search) {
  const wish = search.toLowerCase().replace(/^item\./, "");
  const among = wish.length < search.length ? offers.filter((offer) => offer.class !== undefined) : offers;
  const ranked = among.map((offer) => [rank(offer.key.toLowerCase(), wish), offer]).filter(([nearness]) => nearness < 9);
  return ranked.sort(([left], [right]) => left - right).slice(0, MOST).map(([, offer]) => offer);
}

/**
 * The word before the caret of an expression that could become one of the offers; null inside of a text, or behind a call.
 * @param {string} text @param {number} caret
 * @returns {{from: number, to: number, word: string}|null}
 */
export function wordAt(text, caret) {
  const before = text.slice(0, caret);
  if (isInText(before)) return null;
  const word = WORD.exec(before)?.[0] ?? "";
  const from = caret - word.length;
  if (/[.\w\])]$/.test(before.slice(0, from))) return null;
  return { from, to: caret, word };
}

/** The same for a message text: only between `{{` and `}}`. @param {string} text @param {number} caret */
export function placeAt(text, caret) {
  const opened = text.lastIndexOf("{{", caret);
  if (opened < 0 || opened + 2 > caret || text.slice(opened, caret).includes("}}")) return null;
  const word = wordAt(text.slice(opened + 2, caret), caret - opened - 2);
  return word && { ...word, from: word.from + opened + 2, to: caret };
}

/** @param {string} text @param {{from: number, to: number}} word @param {string} insertion @returns {{text: string, caret: number}} */
export function completed(text, { from, to }, insertion) {
  return { text: text.slice(0, from) + insertion + text.slice(to), caret: from + insertion.length };
}

/** As `completed`, with braces around the place where they are missing. */
export function completedPlace(text, { from, to }, insertion) {
  const inside = placeAt(text, from) !== null;
  const spaced = inside && text[from - 1] === "{" ? ` ${insertion}` : insertion;
  const end = !inside || !/^[^{]*\}\}/.test(text.slice(to)) ? " }}" : "";
  return completed(text, { from, to }, `${inside ? "" : "{{ "}${spaced}${end}`);
}

const known = (fields) => fields.filter(({ path }) => !path.includes("*"));

function rank(key, wish) {
  if (!wish || key.startsWith(wish)) return 0;
  if (key.split(/[.[\]]+/).some((part) => part.startsWith(wish))) return 1;
  return key.includes(wish) ? 2 : 9;
}

/** Whether a text ends inside of a quoted one. */
function isInText(before) {
  let quote = null;
  for (let n = 0; n < before.length; n++) {
    const letter = before[n];
    if (quote && letter === "\\") n++;
    else if (letter === quote) quote = null;
    else if (!quote && (letter === '"' || letter === "'")) quote = letter;
  }
  return quote !== null;
}
