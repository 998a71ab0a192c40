// One selected wire: from where to where, and what goes along.
import { say } from "../../texts.js";
import { portsOf } from "../../graph/ports.js";
import { parseWire } from "../../graph/wires.js";
import { html } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { kindText } from "../refusal_text.js";
import { problemsOnWires } from "../state/derived.js";
import { documentOf } from "../state/editor.js";
import { CloseSide } from "./close_side.js";
import { Problems } from "./form/problems.js";
import { NodeLink } from "./node_link.js";
import { portTitle } from "../port_title.js";
import { removeAll } from "./removing.js";

const NONE = [];

/** @param {{wire: string}} props */
export function WirePanel({ wire }) {
  const editor = useEditor();
  const doc = usePicked(documentOf);
  const types = usePicked((state) => state.types);
  const readOnly = usePicked((state) => state.readOnly);
  const problems = usePicked((state) => problemsOnWires(state).get(wire) ?? NONE);
  const ends = parseWire(wire);
  const port = ends && portsOf(doc, types, ends.source).find(({ name }) => name === ends.port);
  return html`
    <header className="side-head plain"><h2>${say("Wire")}</h2><${CloseSide} /></header>
    <div className="side-body">
      <${Problems} problems=${problems} />
      ${ends ? html`<dl className="side-facts">
        <dt>${say("From")}</dt><dd><${NodeLink} slug=${ends.source} /></dd>
        <dt>${say("Port")}</dt><dd>${portTitle(port, ends.port)}</dd>
        <dt>${say("To")}</dt><dd><${NodeLink} slug=${ends.target} /></dd>
        <dt>${say("Carries")}</dt><dd className=${`carries t-${ends.port === "error" ? "error" : (port?.type ?? "any")}`}>${ends.port === "error" ? say("items that failed, with the reason") : kindText(port?.type ?? "any")}</dd>
      </dl>` : html`<code>${wire}</code>`}
      ${readOnly ? null : html`<div className="side-acts"><button type="button" className="button danger" onClick=${() => removeAll(editor, [], [wire])}><${Icon} name="unlink" size=${16} />${say("Remove wire")}</button></div>`}
    </div>
  `;
}
