// Title or description of the flow in one language.
import { say } from "../../../texts.js";
import { textIn } from "../../../graph/document.js";
import { html, useContext, useId } from "../../react.js";
import { useEditor, usePicked } from "../../context.js";
import { documentOf, edit } from "../../state/editor.js";
import { ProblemsContext } from "../form/context.js";
import { Growing } from "../form/growing.js";
import { Problems } from "../form/problems.js";
import { withText } from "../text/flow_texts.js";

const NONE = [];

/** @param {{part: "title"|"description", language: string, label: string, long?: boolean}} props */
export function FlowText({ part, language, label, long = false }) {
  const editor = useEditor();
  const id = useId();
  const path = `${part}/${language}`;
  const problems = useContext(ProblemsContext).get(path) ?? NONE;
  const text = usePicked((state) => textIn(documentOf(state)[part], language));
  const readOnly = usePicked((state) => state.readOnly);
  const write = (event) => edit(editor, say("Change {what}", { what: label }), withText(documentOf(editor.get()), part, language, event.target.value), { merge: `${part} ${language}` });
  const lang = language === "zh" ? "zh-CN" : language;
  const more = { id, lang, readOnly, onInput: write, "aria-invalid": problems.length ? true : undefined, "aria-describedby": problems.length ? `${id}-problems` : undefined };
  return html`<div className="setting" data-path=${path}>
    <label className="setting-label" htmlFor=${id}>${label}</label>
    ${long ? html`<${Growing} ...${more} text=${text} />` : html`<input ...${more} className="entry" type="text" value=${text} />`}
    <${Problems} id=${`${id}-problems`} problems=${problems} />
  </div>`;
}
