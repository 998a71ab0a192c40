// Reads JSON Schema (2020-12) as pydantic writes it.
import { isObject } from "../graph/document.js";

/**
 * A schema with its reference followed and its `null` alternative taken out. What stands beside a reference goes before what it leads to.
 * @param {any} schema @param {any} root holds `$defs`
 * @returns {{plain: any, nullable: boolean, refs: string[]}} `refs`: what was followed
 */
export function resolved(schema, root) {
  let plain = isObject(schema) ? schema : {};
  let nullable = false;
  const refs = [];
  for (;;) {
    const { $ref, anyOf, oneOf, allOf, ...own } = plain;
    if (typeof $ref === "string" && !refs.includes($ref)) {
      refs.push($ref);
      plain = { ...(definition($ref, root) ?? {}), ...own };
      continue;
    }
    const choices = allOf ?? anyOf ?? oneOf ?? [];
    const real = choices.filter((one) => one.type !== "null");
    nullable ||= real.length < choices.length;
    if (real.length !== 1) return { plain, nullable, refs };
    plain = { ...real[0], ...own };
  }
}

/** `#/$defs/Case` */
function definition(ref, root) {
  const [start, ...steps] = ref.split("/");
  return start === "#" ? steps.reduce((value, step) => value?.[step], root) : undefined;
}

/** Of a map: the schema of its values and of its keys; null: it is none. @param {any} schema @returns {{value: any, key: {format: string|null, pattern: string|null}}|null} */
export function mapIn(schema) {
  if (schema.type !== "object" || schema.properties) return null;
  const [[pattern, value] = [null, schema.additionalProperties]] = Object.entries(schema.patternProperties ?? {});
  if (!value) return null;
  return { value, key: { format: schema.propertyNames?.format ?? null, pattern: pattern ?? schema.propertyNames?.pattern ?? null } };
}
