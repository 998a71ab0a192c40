// The panel at the side: about what is selected, else about the flow.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { usePicked } from "../context.js";
import { later } from "../later.js";
import { ManyPanel } from "./many_panel.js";
import { NodePanel } from "./node_panel.js";
import { WirePanel } from "./wire_panel.js";

const FlowPanel = later(async () => (await import("./flow/flow_panel.js")).FlowPanel);

export function Side() {
  const selection = usePicked((state) => state.selection);
  return html`<aside className="side" id="side" onKeyDown=${guard} aria-label=${say("Settings")}>${panelFor(selection)}</aside>`;
}

/** A key that would delete what is selected on the board does no such thing in here. */
function guard(event) {
  if (event.key === "Delete" || event.key === "Backspace") event.stopPropagation();
}

function panelFor({ nodes, wires }) {
  if (nodes.length + wires.length > 1) return html`<${ManyPanel} nodes=${nodes} wires=${wires} />`;
  if (nodes.length) return html`<${NodePanel} key=${nodes[0]} slug=${nodes[0]} />`;
  return wires.length ? html`<${WirePanel} key=${wires[0]} wire=${wires[0]} />` : html`<${FlowPanel} />`;
}
