// A form over one part of the flow document.
import { say } from "../../../texts.js";
import { valueAt } from "../../../form/values.js";
import { html, useMemo } from "../../react.js";
import { useEditor, usePicked } from "../../context.js";
import { documentOf, edit } from "../../state/editor.js";
import { withChange, withDefaults } from "../form/changing.js";
import { FormContext } from "../form/context.js";
import { Field } from "../form/field.js";
import { settled } from "./settled.js";

/** @param {{field: object, Inner: (props: object) => any}} props `Inner` draws what lies inside of the field */
export function FlowForm({ field, Inner }) {
  const editor = useEditor();
  const readOnly = usePicked((state) => state.readOnly);
  const value = usePicked((state) => documentOf(state)[field.name]);
  const form = useMemo(() => ({ slug: null, readOnly, Field: Inner, ...changes(editor, field) }), [editor, field, Inner, readOnly]);
  return html`<${FormContext.Provider} value=${form}><${Field} field=${field} path=${[field.name]} value=${value} /><//>`;
}

function changes(editor, whole) {
  const label = (field) => say("Change {what}", { what: field.title || whole.title });
  const put = (path, field, make, merge) => {
    edit(editor, label(field), settled(make(documentOf(editor.get())), whole.name), merge ? { merge: path.join("/") } : {});
    return valueAt(documentOf(editor.get()), path);
  };
  return {
    change: (path, field, value) => put(path, field, (doc) => withChange([whole], doc, path, value), true),
    update: (path, field, make) => put(path, field, (doc) => make(withDefaults([whole], doc, path)), false),
  };
}
