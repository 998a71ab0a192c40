// JSON without loss: a number that a double would write in another way (a long id, 600.00) stays what it was, as a `LosslessNumber`.
import { isLosslessNumber, LosslessNumber, parse, stringify } from "../../vendor/lossless-json.js";

/** @param {string} text with or without a byte order mark @returns {any} Throws `SyntaxError`. */
export const readJson = (text) => parse(text.replace(/^\ufeff/, ""), null, numberFrom);

/** @param {unknown} value @returns {string} indented by two */
export const writeJson = (value) => stringify(value, null, 2);

/**
 * A number as the document holds it.
 * @param {string} text a JSON number
 * @returns {number|LosslessNumber}
 */
export const numberFrom = (text) => (String(Number(text)) === text ? Number(text) : new LosslessNumber(text));

/** @param {unknown} value @returns {value is number|LosslessNumber} */
export const isNumber = (value) => typeof value === "number" || isLosslessNumber(value);

/** @param {number|LosslessNumber} value @returns {string} as it stands in the document */
export const numberText = (value) => String(value);
