// An empty board says how to begin.
import { say } from "../../texts.js";
import { html, Panel } from "../react.js";
import { usePicked } from "../context.js";
import { documentOf } from "../state/editor.js";

export function EmptyHint() {
  const empty = usePicked((state) => !Object.keys(documentOf(state).nodes ?? {}).length);
  return empty && html`<${Panel} position="top-center" className="empty-hint"><p>${say("The flow is empty. Drag a trigger here first, such as “Webhook” or the orders of a shop: it is where orders come in.")}</p></>`;
}
