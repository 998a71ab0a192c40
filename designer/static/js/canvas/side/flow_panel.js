// Nothing selected: the flow itself.
import { say } from "../../texts.js";
import { textIn } from "../../graph/document.js";
import { html, useId } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { documentOf, edit } from "../state/editor.js";
import { CloseSide } from "./close_side.js";
import { Problems } from "./form/problems.js";
import { Growing } from "./form/growing.js";
import { withText } from "./text/flow_texts.js";
import { Triggers } from "./triggers.js";

const NONE = [];

export function FlowPanel() {
  const flow = usePicked((state) => state.flow);
  const problems = usePicked((state) => state.problems);
  const own = problems.filter(({ node, wire, test }) => node === null && wire === null && test === null);
  return html`
    <header className="side-head plain"><h2>${say("This flow")}</h2><code className="slug">${flow}</code><${CloseSide} /></header>
    <div className="side-body"><div className="form">
      <${Problems} problems=${own.length ? own : NONE} />
      <div className="form-part">
        <${Text} part="title" language="en" label=${say("Title in English")} />
        <${Text} part="title" language="zh" label=${say("Title in Chinese")} />
        <${Text} part="description" language="en" label=${say("Description in English")} long />
        <${Text} part="description" language="zh" label=${say("Description in Chinese")} long />
      </div>
      <${Triggers} />
    </div></div>
  `;
}

function Text({ part, language, label, long = false }) {
  const editor = useEditor();
  const id = useId();
  const text = usePicked((state) => textIn(documentOf(state)[part], language));
  const readOnly = usePicked((state) => state.readOnly);
  const write = (event) => edit(editor, say("Change {what}", { what: label }), withText(documentOf(editor.get()), part, language, event.target.value), { merge: `${part} ${language}` });
  const lang = language === "zh" ? "zh-CN" : language;
  return html`<div className="setting">
    <label className="setting-label" htmlFor=${id}>${label}</label>
    ${long ? html`<${Growing} id=${id} lang=${lang} text=${text} readOnly=${readOnly} onInput=${write} />` : html`<input id=${id} className="entry" type="text" lang=${lang} value=${text} readOnly=${readOnly} onInput=${write} />`}
  </div>`;
}
