// A form over one part of a node: its parameters or its policy.
import { say } from "../../../texts.js";
import { valueAt } from "../../../form/values.js";
import { followCases, hasCasePorts } from "../../../graph/cases.js";
import { nodeIn } from "../../../graph/document.js";
import { own } from "../../../graph/own.js";
import { html, useMemo } from "../../react.js";
import { useEditor, usePicked } from "../../context.js";
import { problemsAt } from "../../state/derived.js";
import { documentOf, edit } from "../../state/editor.js";
import { atHome } from "../text/placing.js";
import { withChange, withDefaults } from "./changing.js";
import { FormContext, ProblemsContext } from "./context.js";
import { Field } from "./field.js";

const NONE = Object.freeze({});
const NOTHING = [];

/**
 * @param {{slug: string, root: "params"|"policy", fields: object[], put: (doc: object, slug: string, values: object) => object}} props
 *   `put` writes changed values into a document
 */
export function Form({ slug, root, fields, put }) {
  const editor = useEditor();
  const readOnly = usePicked((state) => state.readOnly);
  const values = usePicked((state) => nodeIn(documentOf(state), slug)?.[root] ?? NONE);
  const problems = usePicked((state) => problemsAt(state).get(slug) ?? NOTHING);
  const homes = useMemo(() => atHome(problems, fields, root), [problems, fields, root]);
  const form = useMemo(() => ({ slug, readOnly, Field, ...changes(editor, { slug, root, fields, put }) }), [editor, slug, root, fields, put, readOnly]);
  return html`<${FormContext.Provider} value=${form}><${ProblemsContext.Provider} value=${homes}>
    ${fields.map((field) => html`<${Field} key=${field.name} field=${field} path=${[field.name]} value=${own(values, field.name)} />`)}
  </></>`;
}

function changes(editor, { slug, root, fields, put }) {
  const keep = (path, field, make, moved) => {
    const doc = documentOf(editor.get());
    const before = nodeIn(doc, slug)?.[root] ?? NONE;
    const after = make(before);
    const label = say("Change {what}", { what: field.title || fields.find(({ name }) => name === path[0])?.title });
    const wired = moved && hasCasePorts(doc, slug, path[0]) ? followCases(doc, slug, moved) : doc;
    if (after !== before) edit(editor, label, put(wired, slug, after), moved ? {} : { merge: `${root} ${slug}.${path.join(".")}` });
    return valueAt(nodeIn(documentOf(editor.get()), slug)?.[root] ?? NONE, path);
  };
  return {
    change: (path, field, value) => keep(path, field, (before) => withChange(fields, before, path, value)),
    update: (path, field, make, moved) => keep(path, field, (before) => make(withDefaults(fields, before, path)), moved),
  };
}
