// Wires are drawn from port to port, or from a port onto a box; a wrong one is refused with its reason.
import { say } from "../../texts.js";
import { connect, refusal } from "../../graph/connect.js";
import { useMemo } from "../react.js";
import { documentOf, edit } from "../state/editor.js";
import { tell } from "../state/notices.js";
import { refusalText } from "../refusal_text.js";

/** The part of React Flow's properties that is about connecting. */
export function useConnecting(editor) {
  return useMemo(() => {
    let drawing = false;
    return {
      isValidConnection: (ends) => !refused(editor, endsOf(ends)),
      onConnectStart: () => {
        drawing = true;
      },
      onConnect: (ends) => drawing || join(editor, endsOf(ends)), // by two clicks; what was drawn is judged where it was let go
      onConnectEnd: (event, state) => {
        drawing = false;
        finish(editor, event, state);
      },
    };
  }, [editor]);
}

/** Connects, or says why not. @param {{source: string, port: string, target: string}} ends */
export function join(editor, ends) {
  const reason = refused(editor, ends);
  if (reason) {
    tell(editor, "warn", refusalText(reason));
    return false;
  }
  edit(editor, say("Connect"), connect(documentOf(editor.get()), ends), { select: { nodes: editor.get().selection.nodes, wires: [] } });
  return true;
}

const refused = (editor, ends) => refusal(documentOf(editor.get()), editor.get().types, ends);

const endsOf = ({ source, sourceHandle, target }) => ({ source, port: sourceHandle ?? "out", target });

/** The box under the pointer is meant, even where the port of another one is nearer. */
function finish(editor, event, { fromNode, fromHandle, toHandle }) {
  if (!fromNode || editor.get().readOnly) return;
  const under = boxUnder(event);
  const box = under && under !== fromNode.id ? under : toHandle?.nodeId;
  if (!box || box === fromNode.id) return;
  const port = (handle) => handle?.id ?? "out";
  if (fromHandle.type === "source") join(editor, { source: fromNode.id, port: port(fromHandle), target: box });
  else if (toHandle?.type === "source") join(editor, { source: toHandle.nodeId, port: port(toHandle), target: fromNode.id });
}

function boxUnder(event) {
  const point = event.changedTouches?.[0] ?? event;
  return document.elementFromPoint(point.clientX, point.clientY)?.closest(".react-flow__node")?.dataset.id;
}
