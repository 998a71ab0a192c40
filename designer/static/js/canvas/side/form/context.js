// What the fields of a form share.
import { createContext, useContext, useId } from "../../react.js";
import { keyOf } from "../text/placing.js";

/** {slug, readOnly, Field (draws a part), change(path, field, value) → what stands there now, update(path, field, (values) => values, moved)}; the same object while the form lasts. */
export const FormContext = createContext(null);

/** Map of `keyOf` a path → the problems shown there. */
export const ProblemsContext = createContext(new Map());

const NONE = [];

/** What a control needs to know of its field. @param {object} field @param {(string|number)[]} path @param {unknown} value */
export function useField(field, path, value) {
  const form = useContext(FormContext);
  const problems = useContext(ProblemsContext).get(keyOf(path)) ?? NONE;
  const id = useId();
  const described = [field.help && `${id}-help`, problems.length && `${id}-problems`].filter(Boolean).join(" ") || undefined;
  return {
    id, path, problems, described, form, value,
    shown: value === undefined ? field.default : value,
    slug: form.slug,
    readOnly: form.readOnly,
    change: (next) => form.change(path, field, next),
    /** `moved`: for a list, the new position of each of its items, null for one that is gone. */
    update: (make, moved) => form.update(path, field, make, moved),
    /** For the control itself. */
    aria: { id, "aria-describedby": described, "aria-invalid": problems.length ? true : undefined, "aria-required": field.required || undefined },
  };
}
