// Dragging from the palette, by pointer events: mouse, pen and touch alike (HTML's own drag and drop knows no touch).
import { useCallback, useReactFlow } from "../react.js";
import { addAt } from "./adding.js";

const THRESHOLD = 5;

export function usePaletteDrag(editor) {
  const flow = useReactFlow();
  return useCallback((down, type) => {
    if (down.button) return;
    const item = down.currentTarget;
    let ghost = null;
    const move = (event) => {
      if (!ghost && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < THRESHOLD) return;
      ghost ??= ghostOf(item);
      ghost.style.translate = `${event.clientX - 30}px ${event.clientY - 22}px`;
    };
    const drop = (event) => {
      stop();
      if (ghost && event.type === "pointerup") dropAt(editor, flow, type, event);
    };
    const stop = () => {
      ghost?.remove();
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", drop);
      removeEventListener("pointercancel", drop);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", drop);
    addEventListener("pointercancel", drop);
  }, [editor, flow]);
}

function dropAt(editor, flow, type, { clientX, clientY }) {
  const under = document.elementsFromPoint(clientX, clientY);
  if (!under.some((element) => element.closest(".react-flow"))) return;
  const wire = under.map((element) => element.closest(".react-flow__edge")?.dataset.id).find(Boolean) ?? null;
  const point = flow.screenToFlowPosition({ x: clientX - 30, y: clientY - 22 }, { snapToGrid: false });
  addAt(editor, type, point, wire);
}

function ghostOf(item) {
  const ghost = item.cloneNode(true);
  ghost.classList.add("palette-ghost");
  ghost.setAttribute("aria-hidden", "true");
  document.body.append(ghost);
  return ghost;
}
