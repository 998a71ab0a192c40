// All problems of the document by where they lie; a click leads there.
import { say } from "../../texts.js";
import { nodeIn } from "../../graph/document.js";
import { html } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { documentOf, edit } from "../state/editor.js";
import { titleOf } from "../board/shapes.js";
import { goTo } from "./problem_place.js";
import { grouped } from "./problem_groups.js";
import { fixesOf } from "./test_fixes.js";

export function ProblemList() {
  const problems = usePicked((state) => state.problems);
  if (!problems.length) return html`<${Clean} />`;
  return html`<div className="problem-list">${grouped(problems).map((group) => html`<${Group} key=${`${group.kind} ${group.name}`} group=${group} />`)}</div>`;
}

function Clean() {
  const checked = usePicked((state) => state.checked !== null);
  if (!checked) return null;
  return html`<div className="empty"><${Icon} name="circle-check" size=${28} /><b>${say("No problems")}</b><p>${say("The flow can be tried and published.")}</p></div>`;
}

function Group({ group }) {
  const title = useTitle(group);
  return html`<section className="problem-group" aria-label=${title.text}>
    <h3 className=${title.family}><${Icon} name=${title.icon} size=${15} /><span>${title.text}</span></h3>
    <ul>${group.problems.map((problem, n) => html`<li key=${n}><${Row} problem=${problem} /></li>`)}</ul>
  </section>`;
}

function Row({ problem }) {
  const editor = useEditor();
  const doc = usePicked(documentOf);
  const readOnly = usePicked((state) => state.readOnly);
  const fixes = problem.test === null || readOnly ? [] : fixesOf(doc, problem);
  return html`
    <button type="button" className="problem-row" disabled=${problem.test !== null} onClick=${() => goTo(editor, problem)}>
      <b>${problem.what}</b>${problem.do ? html`<span>${problem.do}</span>` : null}<code>${problem.code}</code>
    </button>
    ${fixes.map((fix) => html`<button key=${fix.label} type="button" className="button small" onClick=${() => edit(editor, fix.label, fix.doc)}><${Icon} name="trash-2" size=${14} />${fix.label}</button>`)}
  `;
}

function useTitle({ kind, name }) {
  const node = usePicked((state) => (kind === "node" ? nodeIn(documentOf(state), name) : null));
  const types = usePicked((state) => state.types);
  const language = usePicked((state) => state.language);
  if (kind === "node") {
    const type = types.get(node?.use) ?? null;
    return { text: node ? titleOf(node, type, name, language) : name, icon: type?.icon ?? "box", family: `f-${type?.family ?? "unknown"}` };
  }
  if (kind === "wire") return { text: say("Wire {wire}", { wire: name }), icon: "waypoints", family: "" };
  return kind === "test" ? { text: say("Test “{name}”", { name }), icon: "flask-conical", family: "" } : { text: say("The flow as a whole"), icon: "workflow", family: "" };
}
