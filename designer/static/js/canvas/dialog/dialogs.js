// The dialog that is open, if any.
import { html } from "../react.js";
import { usePicked } from "../context.js";
import { Conflict } from "./conflict.js";
import { Publish } from "./publish.js";

const KINDS = { publish: Publish, conflict: Conflict };

export function Dialogs() {
  const dialog = usePicked((state) => state.dialog);
  const Kind = dialog && KINDS[dialog.kind];
  return Kind ? html`<${Kind} key=${dialog.kind} ...${dialog} />` : null;
}
