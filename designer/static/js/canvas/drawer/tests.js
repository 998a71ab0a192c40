// The flow's own tests: green or red, what differs; each can be taken out.
import { say } from "../../texts.js";
import { testsIn } from "../../graph/document.js";
import { html } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { documentOf } from "../state/editor.js";
import { removeTest, runTests } from "../state/flow_tests.js";
import { sameWork } from "../state/overlay.js";
import { valueText } from "../value_text.js";
import { Faults } from "./faults.js";

export function Tests() {
  const editor = useEditor();
  const doc = usePicked(documentOf);
  const { results, document, running, problems } = usePicked((state) => state.flowTests);
  const tests = testsIn(doc);
  const stale = results !== null && !(document.tests === doc.tests && sameWork(document, doc));
  return html`<div className="tests">
    <div className="trial-start">
      <button type="button" className="button primary" disabled=${!tests.length} aria-disabled=${running || undefined} onClick=${() => running || runTests(editor)}><${Icon} name="play" size=${16} />${running ? say("Running…") : say("Run the tests")}</button>
      <p role="status" className="quiet small">${standing(tests, results, stale)}</p>
    </div>
    <${Faults} problems=${problems} />
    ${tests.length
      ? html`<ul className="test-list">${tests.map((test, n) => html`<${Test} key=${n} test=${test} position=${n} result=${results?.[n] && results[n].name === test?.name ? results[n] : null} />`)}</ul>`
      : html`<p className="quiet">${say("This flow has no tests. Test run it with data of your own, then keep that as a test.")}</p>`}
  </div>`;
}

function standing(tests, results, stale) {
  if (stale) return say("The flow was changed since. Run the tests again.");
  if (!results) return tests.length ? say("Not run yet") : "";
  const red = results.filter((one) => !one.green).length;
  return red ? say("Red tests: {red} of {count}", { red, count: results.length }) : say("All tests are green ({count})", { count: results.length });
}

function Test({ test, position, result }) {
  const editor = useEditor();
  const readOnly = usePicked((state) => state.readOnly);
  const [tone, symbol, word] = result === null ? ["", "circle-dot", say("Not run yet")] : result.green ? ["ok", "circle-check", say("Green")] : ["err", "circle-x", say("Red")];
  return html`<li className=${`test ${tone}`} data-green=${result === null ? undefined : result.green}>
    <span className="test-mark" title=${word}><${Icon} name=${symbol} /><span className="hidden">${word}</span></span>
    <span className="test-name">${valueText(test?.name ?? test)}</span>
    ${readOnly ? null : html`<button type="button" className="button small" onClick=${() => removeTest(editor, position)}><${Icon} name="trash-2" size=${14} />${say("Remove test")}</button>`}
    ${result && !result.green ? html`<${Differences} differences=${result.differences} />` : null}
  </li>`;
}

const Differences = ({ differences }) =>
  html`<table className="table differences"><thead><tr><th>${say("Where")}</th><th>${say("Expected")}</th><th>${say("Actual")}</th></tr></thead>
    <tbody>${differences.map((one, n) => html`<tr key=${n}><td className="mono">${one.where.join(" › ")}</td><td className="mono">${shown(one.expected)}</td><td className="mono">${shown(one.came)}</td></tr>`)}</tbody>
  </table>`;

/** The engine's word for what is not there at all. */
const ABSENT = "(absent)";

const shown = (value) => (value === ABSENT ? html`<span className="quiet">${say("nothing")}</span>` : valueText(value));
