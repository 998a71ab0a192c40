// Test runs in the sandbox: where they start, what came of them. Nothing is sent, nothing is kept.
import { nodeIn, slugsIn } from "../../graph/document.js";
import { readJson } from "../../graph/json.js";
import { say } from "../../texts.js";
import { documentOf } from "./editor.js";
import { stepsBySlug } from "./overlay.js";
import { reasons } from "./reasons.js";
import { request } from "./server.js";

export const OWN = "own";

const INPUT = "input";

/** What names a sample among the others. */
export const keyOf = ({ trigger, kind, ref }) => `${kind} ${trigger} ${ref}`;

/** Kinds of samples as they are offered, those nearest to the day's work first. */
export const KINDS = ["event", "test", "example"];

/** Asks what a test run may start from. What is chosen stays, also when newer orders have taken its place in the list. */
export async function loadSamples(editor) {
  try {
    const { body } = await request("POST", path(editor, "samples"), { body: documentOf(editor.get()) });
    const { samples, chosen } = editor.get().trial;
    const known = body.items.some((one) => keyOf(one) === chosen);
    const kept = known ? [] : (samples ?? []).filter((one) => keyOf(one) === chosen);
    const offered = KINDS.flatMap((kind) => [...body.items, ...kept].filter((one) => one.kind === kind));
    put(editor, { samples: offered, chosen: chosen ?? (offered.length ? keyOf(offered[0]) : OWN) });
  } catch (error) {
    put(editor, { samples: editor.get().trial.samples ?? [], chosen: editor.get().trial.chosen ?? OWN, problems: reasons(error) });
  }
}

/** @param {object} editor @param {{chosen?: string, trigger?: string, text?: string}} parts */
export const chooseSample = (editor, parts) => put(editor, { ...parts, problems: [] });

/**
 * Runs the document as it is now on the chosen sample, and lays the result over the boxes.
 * @returns {Promise<boolean>} whether it ran
 */
export async function runTrial(editor) {
  const doc = documentOf(editor.get());
  const started = startOf(editor.get().trial, doc, editor.get().types);
  if (started.problem) {
    put(editor, { problems: [started.problem] });
    return false;
  }
  put(editor, { running: true, problems: [] });
  try {
    const { body } = await request("POST", path(editor, "test-runs"), { body: { document: doc, ...started.body }, exact: true });
    showTrial(editor, { runs: body.runs, title: started.title, document: doc, start: started.body });
    return true;
  } catch (error) {
    put(editor, { problems: reasons(error) });
    return false;
  } finally {
    put(editor, { running: false });
  }
}

/** Shows another of the runs that one sample gave. @param {number} chosen */
export function chooseRun(editor, chosen) {
  const { overlay } = editor.get();
  editor.set({ overlay: { ...overlay, chosen, steps: stepsBySlug(overlay.runs[chosen]?.steps ?? []) } });
}

/** Slugs of the triggers of a document. */
export const triggersOf = (doc, types) => slugsIn(doc).filter((slug) => types.get(nodeIn(doc, slug).use)?.kind === "trigger");

function showTrial(editor, { runs, title, document, start }) {
  const steps = stepsBySlug(runs[0]?.steps ?? []);
  editor.set({ overlay: { kind: "trial", title, steps, runs, chosen: 0, document, start }, tab: "data" });
}

/** The body of a test run as it is chosen, or why there is none. */
function startOf({ samples, chosen, trigger, text }, doc, types) {
  if (chosen !== OWN) {
    const sample = samples?.find((one) => keyOf(one) === chosen);
    if (!sample) return { problem: { what: say("Choose what the test run starts from.") } };
    return { title: sample.title, body: { trigger: sample.trigger, sample: { kind: sample.kind, ref: sample.ref } } };
  }
  const known = triggersOf(doc, types);
  const start = known.includes(trigger) ? trigger : known[0];
  if (!start) return { problem: { what: say("The flow has no trigger yet, so nothing can start."), do: say("Add one from the palette, such as an order trigger of a shop.") } };
  const input = parsed(text);
  return input.problem ? input : { title: say("Own JSON"), body: { trigger: start, sample: { kind: INPUT, input: input.value } } };
}

function parsed(text) {
  try {
    return { value: readJson(text) };
  } catch (error) {
    return { problem: { what: say("This is not JSON: {reason}", { reason: error.message }), do: say("Paste one object, or a list of them, as the shop sends it.") } };
  }
}

const path = (editor, name) => `/api/flows/${editor.get().flow}/${name}`;

const put = (editor, parts) => editor.set({ trial: { ...editor.get().trial, ...parts } });
