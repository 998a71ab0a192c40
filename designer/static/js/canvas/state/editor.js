// What the page knows: the document with its history, what is selected, what is open. No DOM here.
import { commit, redo, start, undo } from "../../graph/history.js";
import { readJson } from "../../graph/json.js";
import { hasNode, wireTexts } from "../../graph/document.js";
import { sameDocument } from "../../graph/canonical.js";
import { createStore } from "./store.js";
import { NO_TESTS, NO_TRIAL } from "./trying.js";

const NONE = Object.freeze({ nodes: [], wires: [] });

/**
 * @param {{flow: string, document: string, etag: string|null, published: number|null, version: number|null, run: string|null,
 *   language: string, connections: {name: string, type: string}[], callees: string[], guide: boolean, scenes: string|null}} page
 * @param {Map<string, object>} types node types by `name@version`
 */
export function createEditor(page, types) {
  const document = readJson(page.document);
  return createStore({
    flow: page.flow,
    language: page.language,
    theme: page.theme,
    run: page.run,
    types,
    connections: page.connections,
    callees: page.callees, // names of the flows that can be called
    history: start(document),
    saved: document,
    etag: page.etag,
    decidedOn: null, // ETag of the other draft that one's own was put in the place of
    published: page.published,
    version: page.version,
    readOnly: page.version !== null,
    selection: NONE,
    view: "canvas", // or "outline"
    about: false, // the flow itself is shown in the side panel
    tab: "settings", // of the side panel: "settings", "wires", "data"
    drawer: null, // "problems", "test", "tests", "run", "runs", "versions"
    dialog: null, // {kind, …}
    problems: [], // placed problems of the document
    fields: {}, // slug → fields that may reach it
    checked: null, // the document that they belong to
    overlay: null, // a test run or a past run laid over the boxes
    trial: NO_TRIAL, // what a test run starts from
    flowTests: NO_TESTS, // results of the flow's own tests
    tapped: {}, // what passed the taps since the page was opened, by node, the newest first
    live: null, // counts of the running flow
    connected: true, // to the stream of these counts
    saving: false,
    notices: [], // {id, tone, text, actions}
    guide: page.guide,
    scenes: page.scenes, // where a demonstration lets things go wrong
    pointed: null, // slug to bring into view
    faced: null, // {slug, path} of the field to focus
    fit: 0, // changes when everything should be brought into view
  });
}

/** The document as it is now. */
export const documentOf = (state) => state.history.present;

/** Whether there is something to save. */
export const isDirty = (state) => !state.readOnly && state.history.present !== state.saved && !sameDocument(state.history.present, state.saved);

/**
 * Puts an edited document in place; it can be undone under its label.
 * @param {object} editor the store
 * @param {string} label what was done, in the reader's language
 * @param {object} doc
 * @param {{merge?: string, select?: {nodes?: string[], wires?: string[]}}} [more] edits with the same `merge` in a row count as one
 */
export function edit(editor, label, doc, { merge, select } = {}) {
  const state = editor.get();
  if (state.readOnly || doc === documentOf(state)) return;
  editor.set({ history: commit(state.history, doc, { label, merge }), ...(select ? { selection: { ...NONE, ...select } } : {}) });
  if (!select) keepKnown(editor);
}

export function undoLast(editor) {
  if (editor.get().readOnly) return;
  editor.set({ history: undo(editor.get().history) });
  keepKnown(editor);
}

export function redoNext(editor) {
  if (editor.get().readOnly) return;
  editor.set({ history: redo(editor.get().history) });
  keepKnown(editor);
}

/** @param {{nodes?: string[], wires?: string[]}} selection */
export function select(editor, selection) {
  const now = editor.get().selection;
  const next = { ...NONE, ...selection };
  if (!same(now.nodes, next.nodes) || !same(now.wires, next.wires)) editor.set({ selection: next });
}

/** What is selected must be there. */
function keepKnown(editor) {
  const { selection } = editor.get();
  const doc = documentOf(editor.get());
  const wires = new Set(wireTexts(doc));
  select(editor, { nodes: selection.nodes.filter((slug) => hasNode(doc, slug)), wires: selection.wires.filter((text) => wires.has(text)) });
}

const same = (left, right) => left.length === right.length && left.every((one, n) => one === right[n]);
