// Opens the canvas page: reads what the server embedded, fetches the node types, draws.
import { say } from "../texts.js";
import { createRoot, html } from "./react.js";
import { App } from "./app.js";
import { Undrawable } from "./undrawable.js";
import { readJson } from "../graph/json.js";
import { createEditor } from "./state/editor.js";
import { problemsOf } from "./state/checking.js";
import { request } from "./state/server.js";
import { restoreKept } from "./state/keep.js";
import { startPastRun } from "./state/past_run.js";

const target = document.getElementById("app");

try {
  const page = JSON.parse(document.getElementById("page").textContent);
  createRoot(target).render(isReadable(page.document) ? await opened(page) : await refused(page));
} catch (error) {
  target.replaceChildren(failure());
  throw error;
}

async function opened(page) {
  const { body } = await request("GET", "/api/nodes?examples=false");
  const editor = createEditor(page, new Map(body.items.map((type) => [type.use, type])));
  restoreKept(editor);
  startPastRun(editor, page);
  return html`<${App} editor=${editor} />`;
}

async function refused({ flow, document: text }) {
  const problems = await problemsOf(flow, text);
  return html`<main><${Undrawable} flow=${flow} problems=${problems} /></main>`;
}

/** Not where a key stands twice, or cannot be one in JavaScript: what is drawn would lack it, and so would what is saved. */
function isReadable(text) {
  try {
    readJson(text);
    return !/"__proto__"\s*:/.test(text);
  } catch {
    return false;
  }
}

function failure() {
  const box = document.createElement("p");
  box.className = "problem err";
  box.setAttribute("role", "alert");
  box.textContent = say("The canvas could not be opened. Load the page again; the flow itself is safe.");
  return box;
}
