// Keeps the draft on the server, guarded by its ETag: what somebody else wrote is never overwritten unasked.
import { documentOf } from "./editor.js";
import { tell, withdraw } from "./notices.js";
import { reasonText } from "./reasons.js";
import { request } from "./server.js";
import { say } from "../../texts.js";

/**
 * @param {object} editor
 * @param {{over?: string}} [more] `over`: the ETag of the other's draft that the person decided to replace
 * @returns {Promise<boolean>} whether the draft is kept
 */
export async function save(editor, { over } = {}) {
  const state = editor.get();
  if (state.readOnly || state.saving) return false;
  const doc = documentOf(state);
  editor.set({ saving: true });
  try {
    const { body, etag } = await request("PUT", `/api/flows/${state.flow}/draft?form=canonical`, { body: doc, headers: condition(over ?? state.etag) });
    editor.set({ saved: doc, etag: etag ?? body.etag });
    withdraw(editor, "saving");
    return true;
  } catch (error) {
    fail(editor, error);
    return false;
  } finally {
    editor.set({ saving: false });
  }
}

const condition = (etag) => (etag === null ? { "If-None-Match": "*" } : { "If-Match": `"${etag}"` });

function fail(editor, error) {
  if (error.status === 412 || error.status === 409) editor.set({ dialog: { kind: "conflict" } });
  else if (error.status === 0) tell(editor, "err", say("The server does not answer. Nothing is lost: your changes are still here."), [], "saving");
  else tell(editor, "err", reasonText(error), [], "saving");
}
