import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { createEditor } from "../../../../designer/static/js/canvas/state/editor.js";
import { removeTest, runTests } from "../../../../designer/static/js/canvas/state/flow_tests.js";
import { chooseRun, chooseSample, keyOf, loadSamples, OWN, runTrial } from "../../../../designer/static/js/canvas/state/trial.js";

const TYPES = new Map([["connector.webhook@1", { kind: "trigger" }], ["rule.condition@1", { kind: "item" }]]);
const DOC = { nodes: { start: { use: "connector.webhook@1" }, good: { use: "rule.condition@1" } }, wires: ["start -> good"], tests: [{ name: "one" }, { name: "two" }] };
const EVENT = { trigger: "start", kind: "event", ref: "7", title: "Own shop 7", at: "2026-01-16T03:04:05Z" };
const TEST = { trigger: "start", kind: "test", ref: "one", title: "one", at: null };
const step = (slug, more = {}) => ({ slug, use: "", state: "done", inputs: [], outputs: {}, requests: [], failures: [], ...more });
const realFetch = globalThis.fetch;
let asked;
let answers;

beforeEach(() => {
  [asked, answers] = [[], []];
  globalThis.fetch = async (path, { method, body }) => {
    asked.push([method, path, body === undefined ? undefined : JSON.parse(body)]);
    const [status, answer] = answers.shift();
    return new Response(JSON.stringify(answer), { status });
  };
});

afterEach(() => {
  globalThis.fetch = realFetch;
});

const opened = () => createEditor({ flow: "small", document: JSON.stringify(DOC), version: null, language: "en", connections: [] }, TYPES);

async function withSamples(...items) {
  const editor = opened();
  answers.push([200, { items }]);
  await loadSamples(editor);
  return editor;
}

test("recent orders are offered first, and the newest is chosen", async () => {
  const editor = await withSamples(TEST, EVENT);
  assert.deepEqual(editor.get().trial.samples, [EVENT, TEST]);
  assert.equal(editor.get().trial.chosen, keyOf(EVENT));
});

test("the chosen order stays when newer ones took its place in the list", async () => {
  const editor = await withSamples(EVENT);
  answers.push([200, { items: [{ ...EVENT, ref: "8" }] }]);
  await loadSamples(editor);
  assert.equal(editor.get().trial.chosen, keyOf(EVENT));
  assert.deepEqual(editor.get().trial.samples.map((one) => one.ref), ["8", "7"]);
});

test("without any sample one's own data are asked for", async () => {
  const editor = await withSamples();
  assert.equal(editor.get().trial.chosen, OWN);
});

test("a test run sends the document as it is and the chosen sample, and lays the first run over the boxes", async () => {
  const editor = await withSamples(EVENT);
  answers.push([200, { runs: [{ order_key: "a", steps: [step("start")] }, { order_key: "b", steps: [step("good")] }] }]);
  assert.equal(await runTrial(editor), true);
  assert.deepEqual(asked.at(-1), ["POST", "/api/flows/small/test-runs", { document: DOC, trigger: "start", sample: { kind: "event", ref: "7" } }]);
  assert.deepEqual([...editor.get().overlay.steps.keys()], ["start"]);
  assert.equal(editor.get().overlay.title, "Own shop 7");
  chooseRun(editor, 1);
  assert.deepEqual([editor.get().overlay.chosen, ...editor.get().overlay.steps.keys()], [1, "good"]);
});

test("a document that cannot run says why, and what was shown before stays", async () => {
  const editor = await withSamples(EVENT);
  answers.push([422, { problems: [{ code: "wire.unknown_port", what: "No such port." }] }]);
  assert.equal(await runTrial(editor), false);
  assert.equal(editor.get().trial.problems[0].code, "wire.unknown_port");
  assert.deepEqual([editor.get().overlay, editor.get().trial.running], [null, false]);
});

test("own data go to the first trigger unless another is chosen, with exact numbers", async () => {
  const editor = await withSamples();
  chooseSample(editor, { text: '{"no": 17}' });
  answers.push([200, { runs: [] }]);
  await runTrial(editor);
  assert.deepEqual(asked.at(-1)[2].sample, { kind: "input", input: { no: 17 } });
  assert.equal(asked.at(-1)[2].trigger, "start");
});

test("own data that are no JSON are not sent", async () => {
  const editor = await withSamples();
  chooseSample(editor, { text: "{" });
  assert.equal(await runTrial(editor), false);
  assert.match(editor.get().trial.problems[0].what, /^This is not JSON/);
  assert.equal(asked.length, 1);
});

test("a server that does not answer is named as such", async () => {
  const editor = await withSamples(EVENT);
  globalThis.fetch = async () => {
    throw new TypeError("failed");
  };
  await runTrial(editor);
  assert.equal(editor.get().trial.problems[0].what, "The server does not answer.");
});

test("results of tests stay at their tests when one is removed", async () => {
  const editor = opened();
  answers.push([200, { items: [{ name: "one", green: false, differences: [] }, { name: "two", green: true, differences: [] }] }]);
  await runTests(editor);
  removeTest(editor, 0);
  assert.deepEqual(editor.get().history.present.tests, [{ name: "two" }]);
  assert.deepEqual(editor.get().flowTests.results.map((one) => one.name), ["two"]);
});
