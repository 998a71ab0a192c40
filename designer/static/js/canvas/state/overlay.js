// What lies over the boxes instead of the live counts: a test run or a past run. No DOM here.

/** What may change in a document without changing what its nodes do. */
const LOOKS = new Set(["layout", "title", "description", "notes", "groups", "tests", "$schema"]);

/** Whether two documents do the same work. What an edit did not change is the same object in both. */
export function sameWork(left, right) {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => LOOKS.has(name) || left[name] === right[name]);
}

/** Whether the flow was changed after the test run that is shown. */
export const isStale = (state) => state.overlay?.kind === "trial" && !sameWork(state.overlay.document, state.history.present);

/**
 * Steps by slug as boxes, wires and the Data tab read them.
 * @param {object[]} steps as the server shows them @param {object[]} [incidents] of the run
 * @returns {Map<string, object>} a step with an open incident counts as parked
 */
export function stepsBySlug(steps, incidents = []) {
  const found = new Map(steps.map((step) => [step.slug, step]));
  for (const { step } of incidents.filter((one) => one.state === "open")) found.set(step, { ...(found.get(step) ?? empty(step)), state: "parked" });
  return found;
}

/** @param {Map<string, object>} steps @returns {{reached: number, calls: number, failures: number}} */
export function sums(steps) {
  const all = [...steps.values()];
  return { reached: all.filter(isReached).length, calls: total(all, "requests"), failures: total(all, "failures") };
}

/** Whether anything came to the step or (of a trigger) out of it. */
export const isReached = (step) => step.state !== "skipped" && (step.inputs.length > 0 || step.failures.length > 0 || outputs(step) > 0);

/** How many items left the step. */
export const outputs = (step) => Object.values(step.outputs).reduce((sum, items) => sum + items.length, 0);

export const clearOverlay = (editor) => editor.set({ overlay: null });

const empty = (slug) => ({ slug, inputs: [], outputs: {}, requests: [], failures: [] });

const total = (steps, name) => steps.reduce((sum, step) => sum + step[name].length, 0);
