// A wire, and on it how many items went along.
import { BaseEdge, EdgeLabelRenderer, getBezierPath, html, memo } from "../react.js";
import { usePicked } from "../context.js";
import { problemsOnWires } from "../state/derived.js";
import { whole } from "../numbers.js";

export const Wire = memo(function Wire({ id, source, sourceHandleId, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data, selected }) {
  const [path] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, curvature: 0.32 });
  const x = sourceX + (targetX - sourceX) * 0.3; // near its start, so that wires which end together can be told apart
  const y = sourceY + (targetY - sourceY) * 0.16;
  const faults = usePicked((state) => problemsOnWires(state).get(id) ?? null);
  const looked = usePicked((state) => (state.overlay ? (state.overlay.steps.get(source)?.outputs[sourceHandleId]?.length ?? 0) : null));
  const live = usePicked((state) => (state.overlay ? null : (state.live?.nodes[source]?.out[sourceHandleId] ?? null)));
  const count = looked ?? live;
  const used = looked === null ? "" : looked ? " used" : " unused";
  return html`
    <${BaseEdge} id=${id} path=${path} className=${`wire t-${data.type}${used}${faults ? " faulty" : ""}${selected ? " chosen" : ""}`} interactionWidth=${22} />
    ${count || faults
      ? html`<${EdgeLabelRenderer}>
          <span className=${`wire-count nodrag nopan${faults ? " err" : ""}`} style=${{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
            ${faults ? "!" : whole(count)}
          </span>
        </>`
      : null}
  `;
});
