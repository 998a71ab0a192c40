// Everything that can be set on a node.
import { say } from "../../texts.js";
import { fieldsOf } from "../../form/fields.js";
import { nodeIn } from "../../graph/document.js";
import { setDisabled, setParams } from "../../graph/nodes.js";
import { html, useEffect, useMemo, useRef } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { problemsAt } from "../state/derived.js";
import { documentOf, edit } from "../state/editor.js";
import { Form } from "./form/form.js";
import { Problems } from "./form/problems.js";
import { faceField } from "./facing.js";
import { Policies } from "./policies.js";
import { policyFields } from "./policy_fields.js";
import { removeAll } from "./removing.js";
import { atHome } from "./text/placing.js";
import { HookOf } from "./triggers.js";

const NONE = [];

/** @param {{slug: string}} props */
export function NodeForm({ slug }) {
  const box = useRef(null);
  const node = usePicked((state) => nodeIn(documentOf(state), slug));
  const type = usePicked((state) => state.types.get(nodeIn(documentOf(state), slug)?.use) ?? null);
  const fields = useMemo(() => (type ? fieldsOf(type.params) : NONE), [type]);
  const set = Object.keys(node?.policy ?? {}).join();
  const policies = useMemo(() => (type ? policyFields(type, set.split(",")) : NONE), [type, set]);
  const faced = usePicked((state) => (state.faced?.slug === slug ? state.faced : null));
  const editor = useEditor();
  useEffect(() => {
    if (!faced) return;
    faceField(box.current, faced.path, { params: fields, policy: policies });
    editor.set({ faced: null });
  }, [faced, fields, policies]);
  if (!node) return null;
  return html`<div className="form" ref=${box}>
    <${Elsewhere} slug=${slug} fields=${fields} policies=${policies} />
    <div data-root="params" className="form-part">
      ${type ? html`<${Form} key=${`${slug} ${node.use}`} slug=${slug} root="params" fields=${fields} put=${setParams} />` : null}
      ${type && !fields.length ? html`<p className="quiet">${say("Nothing to set up here.")}</p>` : null}
    </div>
    <${HookOf} slug=${slug} />
    ${type ? html`<${Policies} key=${slug} slug=${slug} type=${type} fields=${policies} />` : null}
    <${Last} slug=${slug} disabled=${Boolean(node.disabled)} />
  </div>`;
}

/** Problems of the node that no field of the form shows. */
function Elsewhere({ slug, fields, policies }) {
  const problems = usePicked((state) => problemsAt(state).get(slug) ?? NONE);
  const lost = useMemo(() => {
    const inParams = atHome(problems, fields, "params").get("") ?? NONE;
    return atHome(inParams, policies, "policy").get("") ?? NONE;
  }, [problems, fields, policies]);
  return html`<${Problems} problems=${lost} />`;
}

function Last({ slug, disabled }) {
  const editor = useEditor();
  const readOnly = usePicked((state) => state.readOnly);
  const turn = (event) => edit(editor, event.target.checked ? say("Switch off") : say("Switch on"), setDisabled(documentOf(editor.get()), slug, event.target.checked));
  return html`<div className="form-last">
    <div className="setting inline">
      <label className="setting-label" htmlFor=${`off-${slug}`}>${say("Switched off")}</label>
      <input id=${`off-${slug}`} className="switch" type="checkbox" role="switch" checked=${disabled} disabled=${readOnly} aria-describedby=${`off-${slug}-help`} onChange=${turn} />
      <p className="setting-help" id=${`off-${slug}-help`}>${say("Items pass by it unchanged.")}</p>
    </div>
    ${readOnly ? null : html`<button type="button" className="adder danger" onClick=${() => removeAll(editor, [slug], [])}><${Icon} name="trash-2" size=${15} />${say("Delete node")}</button>`}
  </div>`;
}
