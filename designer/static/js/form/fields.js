// The fields of a form, from a JSON Schema.
import { isObject } from "../graph/document.js";
import { own } from "../graph/own.js";
import { mapIn, resolved } from "./schema.js";

/**
 * @typedef {"text"|"longtext"|"expression"|"condition"|"path"|"money"|"duration"|"integer"|"number"|"boolean"|"choice"|"connection"|"secret"|"flow"|"list"|"object"|"map"|"json"} Kind
 * @typedef {object} Field
 * @property {string} name the key in the object; "" for an item of a list and a value of a map
 * @property {Kind} kind "json" is for what is not understood: the person writes JSON
 * @property {string} title "" for an item or a value that the list or map speaks for
 * @property {string} help
 * @property {boolean} required
 * @property {any} default undefined: none
 * @property {boolean} nullable whether `null` is a value, as "none" of something that has a default
 * @property {{value: any, label: string}[]|null} choices
 * @property {Field[]} [fields] of an object
 * @property {Field} [item] of a list
 * @property {Field} [keyed] the values of a map
 * @property {{format: string|null, pattern: string|null}} [key] the keys of a map
 * @property {string[]} [connectionTypes] empty: any
 * @property {boolean} [secret] never show what was typed
 * @property {number|null} min of a number its least value, of a list or map its fewest entries
 * @property {number|null} max
 * @property {number|null} maxLength in characters
 * @property {string|null} format
 * @property {string|null} pattern
 */

const FORMATS = {
  cel: "expression",
  "cel-condition": "condition",
  "duration-text": "duration",
  flow: "flow",
  money: "money",
  path: "path",
  template: "longtext",
};
const TYPES = { integer: "integer", number: "number", boolean: "boolean", string: "text", array: "list" };
const NAMED = ["connection", "secret"];

/** @param {any} schema of an object @returns {Field[]} in the order of the schema */
export const fieldsOf = (schema) => fieldsIn(schema, schema, []);

function fieldsIn(schema, root, above) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, one]) => fieldOf(name, one, required.has(name), root, above));
}

/** @param {string[]} above the references that led here: one that leads into itself is not followed for ever */
function fieldOf(name, schema, required, root, above) {
  const { plain, nullable, refs } = resolved(schema, root);
  const kind = refs.some((ref) => above.includes(ref)) ? "json" : kindOf(plain);
  const field = {
    name,
    kind,
    title: titleOf(name, schema, plain, refs),
    help: schema.description ?? (refs.length ? "" : (plain.description ?? "")),
    required,
    default: schema.default ?? plain.default ?? (nullable && !required && "default" in plain ? null : undefined),
    nullable,
    choices: choicesIn(plain),
    min: leastOf(plain),
    max: mostOf(plain),
    maxLength: plain.maxLength ?? null,
    format: plain.format ?? null,
    pattern: plain.pattern ?? null,
  };
  return { ...field, ...partsOf(kind, plain, root, [...above, ...refs]) };
}

function partsOf(kind, plain, root, above) {
  const inner = (schema) => fieldOf("", schema, true, root, above);
  if (kind === "object") return { fields: fieldsIn(plain, root, above) };
  if (kind === "list") return { item: inner(plain.items) };
  if (kind === "map") return { keyed: inner(mapIn(plain).value), key: mapIn(plain).key };
  if (NAMED.includes(kind)) return { connectionTypes: plain.connectionTypes ?? [] };
  return plain.writeOnly || plain.format === "password" ? { secret: true } : {};
}

function kindOf(plain) {
  if (choicesIn(plain)) return "choice";
  if (plain.type === "object") return kindOfObject(plain);
  if (plain.type === "array") return isObject(plain.items) && !plain.prefixItems ? "list" : "json";
  return (plain.type === "string" && own(FORMATS, plain.format)) || own(TYPES, plain.type) || "json";
}

function kindOfObject(plain) {
  const names = Object.keys(plain.properties ?? {});
  if (names.length === 1 && NAMED.includes(names[0]) && plain.properties[names[0]].type === "string") return names[0];
  if (names.length) return "object";
  return mapIn(plain) ? "map" : "json";
}

function choicesIn({ enum: values, const: only, enumTitles: titles = {} }) {
  const among = values ?? (only === undefined ? null : [only]);
  return among && among.map((value) => ({ value, label: labelOf(String(value), own(titles, String(value))) }));
}

/** With the value itself, by which the help and the file call it. */
const labelOf = (value, title) => (!title || title.toLowerCase() === value ? (title ?? value) : `${title} (${value})`);

/** The title of a definition is the name of a class: of no use to a reader. */
function titleOf(name, schema, plain, refs) {
  const title = schema.title ?? (refs.length || !name ? undefined : plain.title);
  return title ?? (name ? name[0].toUpperCase() + name.slice(1).replaceAll("_", " ") : "");
}

const leastOf = (plain) => plain.minimum ?? plain.ge ?? stepFrom(plain, "exclusiveMinimum", 1) ?? plain.minItems ?? plain.minProperties ?? null;

const mostOf = (plain) => plain.maximum ?? plain.le ?? stepFrom(plain, "exclusiveMaximum", -1) ?? plain.maxItems ?? plain.maxProperties ?? null;

const stepFrom = (plain, bound, step) => (plain.type === "integer" && plain[bound] !== undefined ? plain[bound] + step : undefined);
