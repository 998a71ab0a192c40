// The board: boxes and wires, moved and connected by hand.
import { say } from "../../texts.js";
import { COLUMN, ROW } from "../../graph/places.js";
import { Background, html, MiniMap, ReactFlow, SelectionMode, useCallback, useLayoutEffect, useMemo, useState, useStore } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { documentOf, select } from "../state/editor.js";
import { Card } from "./card.js";
import { isFar } from "./far.js";
import { boundsOf, firstZoom, leastZoom, roomFor } from "./fitting.js";
import { ConnectHint } from "./connect_hint.js";
import { EmptyHint } from "./empty_hint.js";
import { edgesOf, nodesOf } from "./shapes.js";
import { placeMoved, withDragged } from "./moving.js";
import { useConnecting } from "./connecting.js";
import { useInView } from "./in_view.js";
import { Wire } from "./wire.js";
import { Zoom } from "./zoom.js";

const NODES = { card: Card };
const EDGES = { wire: Wire };
const GRID = [COLUMN / 10, ROW / 10];
const ROOM = 3000; // pixels around the boxes
const PRO = { hideAttribution: false };
const TREMOR = 4; // pixels that a hand may slip while it clicks

export function Board() {
  const editor = useEditor();
  const { nodes, edges, onNodesChange, onEdgesChange } = useDrawn(editor);
  const readOnly = usePicked((state) => state.readOnly);
  const theme = usePicked((state) => state.theme ?? document.documentElement.dataset.theme);
  const connecting = useConnecting(editor);
  const labels = useMemo(ariaLabels, []);
  useInView(editor);
  const far = useStore(isFar);
  const extent = useExtent();
  const doc = usePicked(documentOf);
  const guided = usePicked((state) => state.guide);
  const fit = useMemo(() => ({ padding: roomFor(guided), minZoom: firstZoom(doc), maxZoom: 1 }), []);
  return html`<${ReactFlow} className=${far ? "far" : ""}
    nodes=${nodes} edges=${edges} nodeTypes=${NODES} edgeTypes=${EDGES}
    onNodesChange=${onNodesChange} onEdgesChange=${onEdgesChange} ...${connecting}
    nodesConnectable=${!readOnly} nodesDraggable=${!readOnly} connectionRadius=${28} connectOnClick=${true} nodeClickDistance=${TREMOR} nodeDragThreshold=${TREMOR} paneClickDistance=${TREMOR}
    snapToGrid snapGrid=${GRID} fitView fitViewOptions=${fit} minZoom=${leastZoom(doc)} maxZoom=${1.8}
    colorMode=${theme === "dark" ? "dark" : theme === "light" ? "light" : "system"} onlyRenderVisibleElements ariaLabelConfig=${labels}
    translateExtent=${extent} selectNodesOnDrag=${false} selectionMode=${SelectionMode.Partial} selectionKeyCode="Shift" multiSelectionKeyCode=${["Control", "Meta"]} deleteKeyCode=${null} panOnScroll=${false}
    zoomOnDoubleClick=${false} proOptions=${PRO} onPaneClick=${() => select(editor, {})}
  >
    <${Background} gap=${COLUMN / 10} size=${1.3} />
    <${MiniMap} pannable zoomable ariaLabel=${say("Small map")} nodeClassName=${miniClass} nodeStrokeWidth=${0} nodeBorderRadius=${8} />
    <${Zoom} />
    <${ConnectHint} />
    <${EmptyHint} />
  </>`;
}

/** Nodes and edges for React Flow: the document, with what is being dragged right now. */
function useDrawn(editor) {
  const doc = usePicked(documentOf);
  const types = usePicked((state) => state.types);
  const language = usePicked((state) => state.language);
  const locked = usePicked((state) => state.readOnly);
  const selection = usePicked((state) => state.selection);
  const [nodes, setNodes] = useState([]);
  const [edges, setEdges] = useState([]);
  useLayoutEffect(() => setNodes((before) => nodesOf(doc, types, { language, locked, selected: new Set(selection.nodes) }, before)), [doc, types, language, locked, selection]);
  useLayoutEffect(() => setEdges((before) => edgesOf(doc, types, { language, selected: new Set(selection.wires) }, before)), [doc, types, language, selection]);
  const onNodesChange = useCallback((changes) => {
    setNodes((before) => withDragged(changes, before));
    placeMoved(editor, changes);
    takeSelection(editor, "nodes", changes);
  }, [editor]);
  const onEdgesChange = useCallback((changes) => takeSelection(editor, "wires", changes), [editor]);
  return { nodes, edges, onNodesChange, onEdgesChange };
}

/** How far the view may go: nobody gets lost beyond the boxes. */
function useExtent() {
  const doc = usePicked(documentOf);
  return useMemo(() => {
    const { left, top, right, bottom } = boundsOf(doc);
    return [[Math.min(0, left) - ROOM, Math.min(0, top) - ROOM], [Math.max(0, right) + ROOM, Math.max(0, bottom) + ROOM]];
  }, [doc]);
}

function takeSelection(editor, kind, changes) {
  const chosen = changes.filter((change) => change.type === "select");
  if (!chosen.length) return;
  const { selection } = editor.get();
  const next = new Set(selection[kind]);
  for (const { id, selected } of chosen) {
    if (selected) next.add(id);
    else next.delete(id);
  }
  select(editor, { ...selection, [kind]: [...next] });
}

const miniClass = (node) => `mini f-${node.data.type?.family ?? "unknown"}`;

const ariaLabels = () => ({
  "node.a11yDescription.default": say("Press Enter to select the node. Arrow keys move it, Delete removes it."),
  "node.a11yDescription.keyboardDisabled": say("Press Enter to select the node."),
  "node.a11yDescription.ariaLiveMessage": ({ x, y }) => say("Moved. New place: {x}, {y}", { x: Math.round(x), y: Math.round(y) }),
  "edge.a11yDescription.default": say("Press Enter to select the wire. Delete removes it."),
  "minimap.ariaLabel": say("Small map"),
  "handle.ariaLabel": say("Port"),
});
