// While a wire is drawn over a port that it may not enter: why.
import { refusal } from "../../graph/connect.js";
import { html, Panel, useConnection } from "../react.js";
import { useEditor } from "../context.js";
import { documentOf } from "../state/editor.js";
import { refusalText } from "../refusal_text.js";

export function ConnectHint() {
  const editor = useEditor();
  const drawn = useConnection();
  if (!drawn.inProgress || !drawn.toHandle || drawn.isValid) return null;
  const [from, to] = drawn.fromHandle.type === "source" ? [drawn.fromHandle, drawn.toHandle] : [drawn.toHandle, drawn.fromHandle];
  const reason = refusal(documentOf(editor.get()), editor.get().types, { source: from.nodeId, port: from.id ?? "out", target: to.nodeId });
  return reason && html`<${Panel} position="bottom-center"><p className="connect-hint" role="alert">${refusalText(reason)}</p></>`;
}
