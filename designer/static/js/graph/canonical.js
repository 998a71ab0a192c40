// Whether two documents say the same.
import { isObject } from "./document.js";
import { isNumber, numberText } from "./json.js";

/**
 * Compares what the documents say: empty parts count as absent, numbers as they are written. The order of keys counts where it means
 * something to the run or to a reader (nodes, parameters), not where the canonical form fixes it.
 * @param {any} left @param {any} right
 */
export function sameDocument(left, right) {
  if (left === right) return true;
  return sameKeys(left, right, samePart, saysNothing);
}

/** Whether two JSON values are the same, keys in order and numbers as they are written. @param {any} left @param {any} right */
export function sameValue(left, right) {
  if (left === right) return true;
  if (isNumber(left) || isNumber(right)) return isNumber(left) && isNumber(right) && numberText(left) === numberText(right);
  if (Array.isArray(left)) return Array.isArray(right) && left.length === right.length && left.every((one, n) => sameValue(one, right[n]));
  return isObject(left) && isObject(right) && sameOrder(left, right) && Object.keys(left).every((key) => sameValue(left[key], right[key]));
}

function samePart(left, right, name) {
  if (left === right) return true;
  if (name === "layout") return sameKeys(left, right, sameValue);
  if (name === "nodes") return sameOrder(left, right) && sameKeys(left, right, sameNode);
  return sameValue(left, right);
}

const sameNode = (left, right) => left === right || sameKeys(left, right, sameValue, saysNothing);

/** Objects whose keys may stand in any order; of the ignored values it is the same whether they are there. */
function sameKeys(left, right, same, ignored = () => false) {
  if (!isObject(left) || !isObject(right)) return sameValue(left, right);
  const keysOf = (object) => Object.keys(object).filter((key) => !ignored(object[key], key));
  const keys = keysOf(left);
  return keys.length === keysOf(right).length && keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key], key));
}

function sameOrder(left, right) {
  if (!isObject(left) || !isObject(right)) return false;
  const [keys, others] = [Object.keys(left), Object.keys(right)];
  return keys.length === others.length && keys.every((key, n) => key === others[n]);
}

/** A document's nodes are never left out. */
const saysNothing = (value, key) => key !== "nodes" && (value === undefined || value === null || value === false || isBare(value));

const isBare = (value) => (Array.isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0);
