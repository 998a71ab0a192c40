import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { createEditor } from "../../../../designer/static/js/canvas/state/editor.js";
import { decide, decisionsFor, loadPastRun, startPastRun } from "../../../../designer/static/js/canvas/state/past_run.js";
import { openIncidentsAt, orderParts } from "../../../../designer/static/js/canvas/state/runs_list.js";

const realFetch = globalThis.fetch;
const INCIDENT = { id: "5", step: "good", state: "open", item_key: "1" };
const STEP = { slug: "good", state: "done", inputs: [], outputs: {}, requests: [], failures: [] };

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));

afterEach(() => {
  mock.timers.reset();
  globalThis.fetch = realFetch;
});

/** Answers by path; a list is used up. */
function served(answers) {
  const asked = [];
  globalThis.fetch = async (path, { method }) => {
    asked.push(`${method} ${path}`);
    const known = answers[path.split("?")[0]];
    const [status, body] = Array.isArray(known[0]) ? known.shift() : known;
    return new Response(JSON.stringify(body), { status });
  };
  return asked;
}

const opened = () => createEditor({ flow: "small", document: '{"nodes": {"good": {}}}', version: 1, run: "9", language: "en", connections: [] }, new Map());

const runIs = (state) => [200, { id: "9", state }];

test("a past run is laid over the boxes with timeline and incidents", async () => {
  served({ "/api/runs/9": runIs("parked"), "/api/runs/9/steps": [200, { items: [STEP] }], "/api/runs/9/timeline": [200, { items: [{ what: "Accepted" }] }], "/api/incidents": [200, { items: [INCIDENT] }] });
  const editor = opened();
  await loadPastRun(editor);
  const { kind, title, steps, timeline, incidents } = editor.get().overlay;
  assert.deepEqual([kind, title, steps.get("good").state, timeline.length, incidents.length], ["run", "Run 9", "parked", 1, 1]);
});

test("a run whose data were erased still shows its timeline, with the reason", async () => {
  served({ "/api/runs/9": runIs("done"), "/api/runs/9/steps": [410, { problems: [{ code: "event.erased", what: "Erased." }] }], "/api/runs/9/timeline": [200, { items: [{}] }], "/api/incidents": [200, { items: [] }] });
  const editor = opened();
  await loadPastRun(editor);
  assert.deepEqual([editor.get().overlay.problems[0].what, editor.get().overlay.steps.size, editor.get().overlay.timeline.length], ["Erased.", 0, 1]);
});

test("a page without a run opens nothing", () => {
  const editor = opened();
  startPastRun(editor, { run: null });
  assert.deepEqual([editor.get().overlay, editor.get().drawer], [null, null]);
});

test("after a decision the run is loaded again", async () => {
  const steps = [200, { items: [STEP] }];
  const asked = served({ "/api/incidents/5/resumption": [201, {}], "/api/runs/9": runIs("done"), "/api/runs/9/steps": steps, "/api/runs/9/timeline": steps, "/api/incidents": [200, { items: [{ ...INCIDENT, state: "skipped" }] }] });
  const editor = opened();
  await decide(editor, INCIDENT, "skip");
  assert.equal(asked[0], "POST /api/incidents/5/resumption");
  assert.equal(editor.get().overlay.steps.get("good").state, "done");
  assert.equal(editor.get().notices[0].tone, "ok");
});

test("that somebody else was quicker is said, and the run shown as it is now", async () => {
  const none = [200, { items: [] }];
  served({ "/api/incidents/5/resumption": [409, { problems: [{ what: "Somebody was quicker." }] }], "/api/runs/9": runIs("done"), "/api/runs/9/steps": none, "/api/runs/9/timeline": none, "/api/incidents": none });
  const editor = opened();
  await decide(editor, INCIDENT, "again");
  assert.deepEqual([editor.get().notices[0].tone, editor.get().notices[0].text], ["err", "Somebody was quicker."]);
  assert.equal(editor.get().overlay.run.state, "done");
});

test("open incidents of one node are found behind those of others", async () => {
  served({ "/api/incidents": [[200, { items: [{ step: "other" }], next: "c" }], [200, { items: [INCIDENT], next: null }]] });
  assert.deepEqual(await openIncidentsAt(opened(), "good"), [INCIDENT]);
});

test("an ordering key gives channel and number, escapes undone", () => {
  assert.deepEqual(orderParts("own_shop|main|OWN-%7C1"), { channel: "own_shop", number: "OWN-|1" });
  assert.deepEqual(orderParts("webhook||?abc"), { channel: "webhook", number: "" });
});

test("of a call whose outcome nobody knows it is asked whether it was sent; trying again blindly is not offered", () => {
  assert.deepEqual(decisionsFor({ code: "effect.unknown_outcome" }), ["sent", "not_sent", "skip"]);
  assert.deepEqual(decisionsFor({ code: "effect.gave_up" }), ["again", "skip"]);
});
