// Opens the canvas page: reads what the server embedded, fetches the node types, draws.
import { say } from "../texts.js";
import { createRoot, html } from "./react.js";
import { App } from "./app.js";
import { createEditor } from "./state/editor.js";
import { request } from "./state/server.js";
import { restoreKept } from "./state/keep.js";
import { startPastRun } from "./state/past_run.js";

const target = document.getElementById("app");

try {
  const page = JSON.parse(document.getElementById("page").textContent);
  const { body } = await request("GET", "/api/nodes");
  const editor = createEditor(page, new Map(body.items.map((type) => [type.use, type])));
  restoreKept(editor);
  startPastRun(editor, page);
  createRoot(target).render(html`<${App} editor=${editor} />`);
} catch (error) {
  target.replaceChildren(failure());
  throw error;
}

function failure() {
  const box = document.createElement("p");
  box.className = "problem err";
  box.setAttribute("role", "alert");
  box.textContent = say("The canvas could not be opened. Load the page again; the flow itself is safe.");
  return box;
}
