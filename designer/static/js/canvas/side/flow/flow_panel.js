// Nothing selected: the flow itself, with what its document says beside the nodes.
import { say } from "../../../texts.js";
import { html, useEffect, useMemo, useRef } from "../../react.js";
import { useEditor, usePicked } from "../../context.js";
import { CloseSide } from "../close_side.js";
import { faceField } from "../facing.js";
import { ProblemsContext } from "../form/context.js";
import { Field } from "../form/field.js";
import { Problems } from "../form/problems.js";
import { Triggers } from "../triggers.js";
import { ConstantField } from "./constant_field.js";
import { flowFields } from "./flow_fields.js";
import { FlowForm } from "./flow_form.js";
import { FlowText } from "./flow_text.js";
import { homesOf } from "./flow_problems.js";

const NONE = [];

export function FlowPanel() {
  const flow = usePicked((state) => state.flow);
  const problems = usePicked((state) => state.problems);
  const fields = useMemo(flowFields, []);
  const homes = useMemo(() => homesOf(problems, fields), [problems, fields]);
  const [, , constants, keep] = fields;
  return html`
    <header className="side-head plain"><h2>${say("Flow settings")}</h2><code className="slug">${flow}</code><${CloseSide} /></header>
    <div className="side-body"><div className="form" ref=${useFaced(fields)}>
      <${Problems} problems=${homes.get("") ?? NONE} />
      <div className="form" data-root="flow"><${ProblemsContext.Provider} value=${homes}>
        <div className="form-part">
          <${FlowText} part="title" language="en" label=${say("Title in English")} />
          <${FlowText} part="title" language="zh" label=${say("Title in Chinese")} />
          <${FlowText} part="description" language="en" label=${say("Description in English")} long />
          <${FlowText} part="description" language="zh" label=${say("Description in Chinese")} long />
        </div>
        <div className="form-last"><${FlowForm} field=${constants} Inner=${ConstantField} /></div>
        <div className="form-last"><${FlowForm} field=${keep} Inner=${Field} /></div>
        <${Triggers} />
      <//></div>
    </div></div>
  `;
}

/** A ref of the form, in which the field that a problem speaks of gets the focus. */
function useFaced(fields) {
  const editor = useEditor();
  const box = useRef(null);
  const faced = usePicked((state) => (state.faced?.slug === null ? state.faced : null));
  useEffect(() => {
    if (!faced) return;
    faceField(box.current, ["flow", ...faced.path], { flow: fields });
    editor.set({ faced: null });
  }, [faced, fields]);
  return box;
}
