// Nearer, farther, all of it.
import { say } from "../../texts.js";
import { html, Panel, useReactFlow, useStore } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor } from "../context.js";

const percent = (state) => Math.round(state.transform[2] * 100);

export function Zoom() {
  const editor = useEditor();
  const flow = useReactFlow();
  const zoom = useStore(percent);
  const button = (name, label, run) => html`<button type="button" aria-label=${label} title=${label} onClick=${run}><${Icon} name=${name} /></button>`;
  return html`<${Panel} position="bottom-left" className="zoom">
    ${button("zoom-out", say("Zoom out"), () => flow.zoomOut({ duration: 150 }))}
    <button type="button" className="zoom-now" title=${say("Actual size")} aria-label=${say("Zoom {percent} %. Set to actual size", { percent: zoom })} onClick=${() => flow.zoomTo(1, { duration: 150 })}>${zoom}%</button>
    ${button("zoom-in", say("Zoom in"), () => flow.zoomIn({ duration: 150 }))}
    ${button("maximize", say("Show everything"), () => editor.set({ fit: Date.now() }))}
  </>`;
}
