// The dialog that is open, if any. Each is fetched when it is opened first.
import { html } from "../react.js";
import { usePicked } from "../context.js";
import { later } from "../later.js";

const Conflict = later(async () => (await import("./conflict.js")).Conflict, true);
const Publish = later(async () => (await import("./publish.js")).Publish, true);
const KINDS = { publish: Publish, conflict: Conflict };

export function Dialogs() {
  const dialog = usePicked((state) => state.dialog);
  const Kind = dialog && KINDS[dialog.kind];
  return Kind ? html`<${Kind} key=${dialog.kind} ...${dialog} />` : null;
}
