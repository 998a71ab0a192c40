// What a form still lacks, known before the server is asked.
import { isObject } from "../graph/document.js";
import { own } from "../graph/own.js";

/** @typedef {import("./fields.js").Field} Field @typedef {(string|number)[]} Path */

/** Paths of required fields without a value. @param {Field[]} fields @param {any} params @returns {Path[]} */
export const missing = (fields, params) => fields.flatMap((field) => lacking(field, own(params, field.name), [field.name]));

function lacking(field, value, path) {
  if (isEmpty(field, value)) return field.required ? [path] : [];
  if (field.kind === "object") return missing(field.fields, value).map((rest) => [...path, ...rest]);
  if (field.kind === "list" && Array.isArray(value)) return value.flatMap((item, n) => lacking(field.item, item, [...path, n]));
  if (field.kind === "map" && isObject(value)) return Object.entries(value).flatMap(([key, one]) => lacking(field.keyed, one, [...path, key]));
  return [];
}

function isEmpty({ kind, nullable, min }, value) {
  if (value === undefined) return true;
  if (value === null) return !nullable && kind !== "json";
  if (kind === "connection" || kind === "secret") return isBlank(own(value, kind));
  if (kind === "list" || kind === "map") return min > 0 && Object.keys(value).length === 0;
  return kind !== "choice" && isBlank(value);
}

const isBlank = (value) => value === undefined || (typeof value === "string" && value.trim() === "");
