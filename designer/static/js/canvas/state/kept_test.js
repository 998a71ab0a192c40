// A test run becomes a test of the flow: the same input, and as expectation how far it goes and which calls go out.
// Contents are left out: what the page shows is masked, and a test holds invented data only (rule R10).
import { slugsIn, testsIn } from "../../graph/document.js";
import { wiresOf } from "../../graph/wires.js";
import { say } from "../../texts.js";
import { documentOf, edit } from "./editor.js";

/**
 * Whether a test run may be kept: of own data or of an example, never of a recorded order.
 * @param {object|null} overlay
 */
export const mayKeep = (overlay) => overlay?.kind === "trial" && overlay.start.sample.kind === "input" && overlay.runs.length > 0;

/** Adds the test run that is shown to the tests of the flow. @returns {string} the name of the test */
export function keepAsTest(editor) {
  const { overlay } = editor.get();
  const doc = documentOf(editor.get());
  const name = freeName(doc, say("Own data at {trigger}", { trigger: overlay.start.trigger }));
  const test = { name, trigger: overlay.start.trigger, input: [overlay.start.sample.input].flat(), expect: expectation(doc, overlay.runs) };
  edit(editor, say("Keep as a test"), { ...doc, tests: [...testsIn(doc), test] });
  return name;
}

/**
 * @param {object} doc @param {{steps: object[]}[]} runs
 * @returns {Record<string, object>} at each node where the flow ends the number of items, at each node that calls its calls
 */
export function expectation(doc, runs) {
  const goOn = new Set(wiresOf(doc).map(({ source }) => source));
  const found = {};
  for (const slug of slugsIn(doc)) {
    const steps = runs.flatMap((run) => run.steps.filter((step) => step.slug === slug));
    const calls = steps.flatMap((step) => step.requests.map(({ request }) => ({ method: request.method, url: request.url })));
    const arrived = steps.flatMap((step) => step.inputs);
    if (calls.length) found[slug] = { requests: calls, match: "subset" };
    else if (steps.length && !goOn.has(slug)) found[slug] = { items: arrived.map(() => ({})), ...(arrived.length ? { match: "subset" } : {}) };
  }
  return found;
}

function freeName(doc, wanted) {
  const taken = new Set(testsIn(doc).map((test) => test?.name));
  if (!taken.has(wanted)) return wanted;
  let n = 2;
  while (taken.has(`${wanted} ${n}`)) n++;
  return `${wanted} ${n}`;
}
