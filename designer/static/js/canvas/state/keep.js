// Changes that were not saved, and the view, survive a reload of the page (a switch of language, say) in this tab; a closing of it is asked about.
import { readJson, writeJson } from "../../graph/json.js";
import { say } from "../../texts.js";
import { documentOf, edit, isDirty } from "./editor.js";
import { tell } from "./notices.js";

const key = (flow) => `orderloom.unsaved.${flow}`;
const viewKey = (flow) => `orderloom.view.${flow}`;
let leavingOnPurpose = false;

/** Loads the page anew without the question; what was not saved comes back after it. */
export function reload(address = location.href) {
  leavingOnPurpose = true;
  location.assign(address);
}

/** @returns {() => void} ends it */
export function keepUnsaved(editor) {
  const ask = (event) => {
    if (isDirty(editor.get()) && !leavingOnPurpose) event.preventDefault();
  };
  const keep = () => {
    const state = editor.get();
    sessionStorage.setItem(viewKey(state.flow), state.view);
    if (state.readOnly) return undefined;
    if (!isDirty(state)) return sessionStorage.removeItem(key(state.flow));
    sessionStorage.setItem(key(state.flow), JSON.stringify({ etag: state.etag, document: writeJson(documentOf(state)) }));
  };
  addEventListener("beforeunload", ask);
  addEventListener("pagehide", keep);
  return () => {
    removeEventListener("beforeunload", ask);
    removeEventListener("pagehide", keep);
  };
}

/** Takes up what was kept. A draft that somebody else changed since then is not overwritten: the ETag of old guards it. */
export function restoreKept(editor) {
  const { flow, readOnly } = editor.get();
  if (sessionStorage.getItem(viewKey(flow)) === "outline") editor.set({ view: "outline" });
  const kept = readOnly ? null : sessionStorage.getItem(key(flow));
  if (!kept) return;
  sessionStorage.removeItem(key(flow));
  const { etag, document } = JSON.parse(kept);
  edit(editor, say("Unsaved changes"), readJson(document));
  editor.set({ etag });
  tell(editor, "run", say("Your unsaved changes are back."));
}
