// Publishing, and going back to an earlier version.
import { readJson } from "../../graph/json.js";
import { say } from "../../texts.js";
import { edit, isDirty } from "./editor.js";
import { tell, withdraw } from "./notices.js";
import { reasons, reasonText } from "./reasons.js";
import { save } from "./saving.js";
import { request } from "./server.js";

/**
 * Saves the draft if need be and publishes it.
 * @param {object} editor
 * @param {string} note what changed
 * @returns {Promise<object[]|null>} the problems that hinder it, `null` once it is published
 */
export async function publishDraft(editor, note) {
  if ((isDirty(editor.get()) || editor.get().etag === null) && !(await save(editor))) return [];
  const { flow, etag } = editor.get();
  return attempt(editor, () => request("POST", `/api/flows/${flow}/publication`, { body: { note }, headers: { "If-Match": `"${etag}"` } }));
}

/** Leaves for the page where past orders are run through the draft, which is saved first. */
export async function compareFirst(editor) {
  if (isDirty(editor.get()) && !(await save(editor))) return;
  location.assign(`/flows/${editor.get().flow}/replays?within=day&against=draft`);
}

/** Publishes an earlier version once more, as the newest one. The draft stays as it is. */
export function publishAgain(editor, version, note) {
  return attempt(editor, () => request("POST", `/api/flows/${editor.get().flow}/publication`, { body: { note, version } }));
}

async function attempt(editor, publish) {
  try {
    const { body } = await publish();
    const { overlay } = editor.get();
    editor.set({ published: body.version, publishedAt: Date.now(), overlay: overlay?.kind === "trial" ? null : overlay });
    withdraw(editor, "publishing");
    tell(editor, "ok", say("Version {number} is published. New orders run through it from now on.", { number: body.version }));
    return null;
  } catch (error) {
    if (error.status === 412) editor.set({ dialog: { kind: "conflict" } });
    else if (error.status === 0) tell(editor, "err", say("The server does not answer. Nothing was published."), [], "publishing");
    return error.status === 0 || error.status === 412 ? [] : reasons(error);
  }
}

/** Takes an earlier version's document into the editor; undo brings back what was there. */
export async function takeVersion(editor, version) {
  try {
    const { text } = await request("GET", `/api/flows/${editor.get().flow}/versions/${version}?exact=true`);
    edit(editor, say("Take over version {number}", { number: version }), readJson(text).document, { select: {} });
    tell(editor, "ok", say("The draft is now as version {number} was. Save or publish it when it is right.", { number: version }), [], "taking");
  } catch (error) {
    tell(editor, "err", reasonText(error), [], "taking");
  }
}

/** Continues with the other's draft; one's own stays one undo away. */
export async function takeOthers(editor) {
  const others = await othersDraft(editor);
  if (!others) return;
  edit(editor, say("Take over the other draft"), others.document, { select: {} });
  editor.set({ etag: others.etag, saved: others.document, dialog: null });
  tell(editor, "run", say("This is the draft of the other editor. Undo brings yours back."), [], "taking");
}

/** Puts one's own draft in the place of the other's, because the person decided so. */
export async function replaceOthers(editor) {
  const others = await othersDraft(editor);
  if (!others) return;
  editor.set({ dialog: null, decidedOn: others.etag });
  if (await save(editor, { over: others.etag })) tell(editor, "ok", say("Your draft is saved in place of the other."));
}

/** The draft that somebody else saved, with its ETag; null where it cannot be had, which is told: in the dialog where it is open. */
async function othersDraft(editor) {
  try {
    const { etag, text } = await request("GET", `/api/flows/${editor.get().flow}/draft?exact=true`);
    return { etag, document: readJson(text) };
  } catch (error) {
    const { dialog } = editor.get();
    if (dialog?.kind === "conflict") editor.set({ dialog: { ...dialog, problems: reasons(error) } });
    else tell(editor, "err", reasonText(error), [{ label: say("Decide…"), run: () => editor.set({ dialog: { kind: "conflict" } }) }], "taking");
    return null;
  }
}
