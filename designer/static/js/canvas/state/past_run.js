// A run that happened, laid over the boxes: its steps are computed again from its facts; beside them its timeline and incidents.
import { hasNode } from "../../graph/document.js";
import { stepsBySlug } from "./overlay.js";
import { documentOf, select } from "./editor.js";
import { request } from "./server.js";
import { tell } from "./notices.js";
import { say } from "../../texts.js";
import { reasons } from "./reasons.js";

const UNDER_WAY = new Set(["queued", "running", "cancelling"]);
const AGAIN = 1000;
let timer;

/** Opens the run that the page was asked for, if any, at the step of the address. @param {{run: string|null}} page */
export function startPastRun(editor, page) {
  if (page.run === null) return;
  editor.set({ drawer: "run", overlay: overlayOf({}) });
  const step = new URLSearchParams(globalThis.location?.search ?? "").get("step");
  loadPastRun(editor).then(() => step && lookAt(editor, step));
}

/** Selects a node, brings it into view and shows its data. */
export function lookAt(editor, slug) {
  if (!hasNode(documentOf(editor.get()), slug)) return;
  select(editor, { nodes: [slug] });
  editor.set({ tab: "data", pointed: slug });
}

/** Loads the run of the page (again). While it is under way it is loaded again and again. */
export async function loadPastRun(editor) {
  const id = editor.get().run;
  clearTimeout(timer);
  try {
    const [run, steps, timeline, incidents] = await Promise.all([
      request("GET", `/api/runs/${id}`),
      stepsOf(id),
      request("GET", `/api/runs/${id}/timeline`),
      request("GET", `/api/incidents?run=${id}&state=all&limit=200`),
    ]);
    const known = { run: run.body, timeline: timeline.body.items, incidents: incidents.body.items };
    editor.set({ overlay: overlayOf({ ...known, steps: steps.items, problems: steps.problems }) });
    if (UNDER_WAY.has(run.body.state)) timer = setTimeout(() => loadPastRun(editor), AGAIN);
  } catch (error) {
    editor.set({ overlay: { ...editor.get().overlay, problems: reasons(error) } });
  }
}

/**
 * What a person may decide. A call that a crash cut short is asked about first: nobody knows whether it happened.
 * @param {{code: string}} incident @returns {("again"|"anew"|"skip"|"sent"|"not_sent"|"noted")[]}
 */
const DECISIONS = { "effect.unknown_outcome": ["sent", "not_sent", "skip"], "run.stands_still": ["again"], "run.overdue": ["noted"], "call.cancelled": ["anew", "skip"] };
export const decisionsFor = ({ code }) => DECISIONS[code] ?? ["again", "skip"];

/**
 * Sends a parked item on.
 * @param {object} editor @param {object} incident @param {"again"|"anew"|"skip"|"sent"|"not_sent"|"noted"} action
 */
export function decide(editor, incident, action) {
  const said = action === "skip" ? say("Skipped. The rest of the order goes on.") : say("Decided. The order goes on.");
  return act(editor, `/api/incidents/${incident.id}/resumption`, { action }, said);
}

/** Gives a whole order up. A call that is under way is awaited by the server. @param {object} editor @param {string} run */
export const cancelRun = (editor, run) => act(editor, `/api/runs/${run}/cancellation`, {}, say("The run is cancelled."));

async function act(editor, path, body, said) {
  try {
    await request("POST", path, { body });
    tell(editor, "ok", said);
  } catch (error) {
    tell(editor, "err", reasons(error)[0].what);
  }
  if (editor.get().run !== null) await loadPastRun(editor);
}

/** Steps of a run; those of an erased one cannot be computed, the reason takes their place. */
async function stepsOf(id) {
  try {
    const { body } = await request("GET", `/api/runs/${id}/steps`, { exact: true });
    return { items: body.items, problems: [] };
  } catch (error) {
    return { items: [], problems: reasons(error) };
  }
}

function overlayOf({ run = null, steps = [], timeline = [], incidents = [], problems = [] }) {
  const title = run ? say("Run {id}", { id: run.id }) : "";
  return { kind: "run", title, steps: stepsBySlug(steps, incidents), runs: [], chosen: 0, document: null, run, timeline, incidents, problems };
}
