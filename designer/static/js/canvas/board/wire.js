// A wire, and beside its port how many items left there.
import { own } from "../../graph/own.js";
import { BaseEdge, EdgeLabelRenderer, getBezierPath, html, memo } from "../react.js";
import { usePicked } from "../context.js";
import { liveAt, problemsOnWires } from "../state/derived.js";
import { whole } from "../numbers.js";

const BESIDE = 24; // pixels from the port to the middle of its count

export const Wire = memo(function Wire({ id, source, sourceHandleId, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data, selected }) {
  const [path] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, curvature: 0.32 });
  const faults = usePicked((state) => problemsOnWires(state).get(id) ?? null);
  const looked = usePicked((state) => (state.overlay ? (own(state.overlay.steps.get(source)?.outputs, sourceHandleId)?.length ?? 0) : null));
  const live = usePicked((state) => (state.overlay ? null : (own(liveAt(state, source)?.out, sourceHandleId) ?? null)));
  const count = looked ?? live;
  const used = looked === null ? "" : looked ? " used" : " unused";
  return html`
    <${BaseEdge} id=${id} path=${path} className=${`wire t-${data.type}${used}${faults ? " faulty" : ""}${selected ? " chosen" : ""}`} interactionWidth=${22} />
    ${faults ? html`<${Label} text="!" tone=" err" x=${sourceX + (targetX - sourceX) * 0.3} y=${sourceY + (targetY - sourceY) * 0.16} />` : null}
    ${count && data.leads ? html`<${Label} text=${whole(count)} tone="" x=${sourceX + BESIDE} y=${sourceY} />` : null}
  `;
});

const Label = ({ text, tone, x, y }) =>
  html`<${EdgeLabelRenderer}><span className=${`wire-count nodrag nopan${tone}`} style=${{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>${text}</span></>`;
