// Keeps in view what matters: the node that a problem or a search points at, and the selected one when the side panel opens.
import { useEffect, useMemo, useReactFlow, useRef, useStore } from "../react.js";
import { usePicked } from "../context.js";
import { selectedNode } from "../state/derived.js";
import { documentOf } from "../state/editor.js";
import { leastZoom } from "./fitting.js";
import { createStill } from "./still.js";

const EDGE = 24;
const size = (state) => `${state.width} ${state.height}`;

export function useInView(editor) {
  const move = useStill();
  usePointed(editor, move);
  useSelectedInView(move);
  useMiddle();
  useFitted(editor, move);
}

/** @returns {(run: () => void) => void} what moves the view, once nothing on the stage is pressed */
function useStill() {
  const flow = useReactFlow();
  const still = useMemo(() => createStill(() => flow.setViewport(flow.getViewport())), [flow]);
  useEffect(() => {
    const stage = document.getElementById("stage");
    const ends = ["pointerup", "pointercancel"];
    stage.addEventListener("pointerdown", still.press, true);
    for (const end of ends) addEventListener(end, still.release, true);
    return () => {
      stage.removeEventListener("pointerdown", still.press, true);
      for (const end of ends) removeEventListener(end, still.release, true);
    };
  }, [still]);
  return still.move;
}

function usePointed(editor, move) {
  const flow = useReactFlow();
  const pointed = usePicked((state) => state.pointed);
  useEffect(() => {
    if (!pointed) return;
    const zoom = Math.min(Math.max(flow.getZoom(), 0.8), 1.2);
    requestAnimationFrame(() => move(() => flow.fitView({ nodes: [{ id: pointed }], maxZoom: zoom, minZoom: zoom, duration: 250 })));
    editor.set({ pointed: null });
  }, [pointed]);
}

/** The stage becomes narrower when the panel opens; the selected box must not vanish behind it. */
function useSelectedInView(move) {
  const flow = useReactFlow();
  const selected = usePicked(selectedNode);
  const stage = useStore(size);
  useEffect(() => {
    const node = selected && flow.getInternalNode(selected);
    if (!node) return;
    const [width, height] = stage.split(" ").map(Number);
    const { x, y, zoom } = flow.getViewport();
    const left = node.internals.positionAbsolute.x * zoom + x;
    const top = node.internals.positionAbsolute.y * zoom + y;
    const dx = shift(left, left + node.width * zoom, width);
    const dy = shift(top, top + node.height * zoom, height);
    if (dx || dy) move(() => flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: 200, interpolate: "linear" }));
  }, [selected, stage]);
}

function shift(from, to, room) {
  if (to - from > room - 2 * EDGE) return 0;
  if (to > room - EDGE) return room - EDGE - to;
  return from < EDGE ? EDGE - from : 0;
}

/** When the drawer opens or closes, what was in the middle stays there. */
function useMiddle() {
  const flow = useReactFlow();
  const height = useStore((state) => state.height);
  const before = useRef(0);
  useEffect(() => {
    const { x, y, zoom } = flow.getViewport();
    if (before.current && height) flow.setViewport({ x, y: y + (height - before.current) / 2, zoom });
    before.current = height;
  }, [height]);
}

function useFitted(editor, move) {
  const flow = useReactFlow();
  const fit = usePicked((state) => state.fit);
  useEffect(() => {
    const all = () => flow.fitView({ padding: 0.06, minZoom: leastZoom(documentOf(editor.get())), maxZoom: 1, duration: 250 });
    if (fit) requestAnimationFrame(() => move(all));
  }, [fit]);
}
