// Others work on the same flow: a draft that somebody else saved and a version that somebody else published are told at once.
import { say } from "../../texts.js";
import { isDirty } from "./editor.js";
import { tell, withdraw } from "./notices.js";
import { takeOthers } from "./publishing.js";

const DRAFT = "other draft";

/** @returns {() => void} ends it */
export function keepTold(editor) {
  const known = new Set(); // ETags of drafts that this page had, or has told of
  const look = (now, before) => {
    known.add(now.etag);
    if (now.decidedOn) known.add(now.decidedOn); // word of it may come later than one's own draft
    if (now.etag !== before.etag) withdraw(editor, DRAFT); // taken over, or replaced
    const draft = now.live?.draft ?? null;
    if (draft !== null && !now.readOnly && !now.saving && !known.has(draft)) {
      known.add(draft);
      tellDraft(editor);
    }
    if (now.live !== before.live) takeVersion(editor, now.live?.version ?? null);
  };
  look(editor.get(), editor.get());
  return editor.subscribe(look);
}

function tellDraft(editor) {
  if (isDirty(editor.get())) {
    const decide = { label: say("Decide…"), run: () => editor.set({ dialog: { kind: "conflict" } }) };
    return tell(editor, "warn", say("Somebody else saved this draft just now. Your changes are still here, but not saved."), [decide], DRAFT);
  }
  const show = { label: say("Show it"), run: () => takeOthers(editor) };
  return tell(editor, "warn", say("Somebody else saved this draft just now. You see it as it was before."), [show], DRAFT);
}

/** Versions only grow. One's own is told by the dialog that published it. */
function takeVersion(editor, version) {
  const { published, dialog } = editor.get();
  if (version === null || version <= (published ?? 0)) return;
  editor.set({ published: version });
  if (dialog?.kind !== "publish") tell(editor, "run", say("Version {number} was published by somebody else.", { number: version }));
}
