// The node types, by family; dragged onto the board or added by Enter.
import { say } from "../../texts.js";
import { html, useMemo, useState } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { useAdding } from "./adding.js";
import { usePaletteDrag } from "./drag.js";
import { sought } from "./families.js";
import { plainHelp } from "../side/help_text.js";

export function Palette() {
  const editor = useEditor();
  const types = usePicked((state) => state.types);
  const [text, setText] = useState("");
  const families = useMemo(() => sought([...types.values()], text), [types, text]);
  const add = useAdding(editor);
  const dragStart = usePaletteDrag(editor);
  return html`<aside className="palette" aria-label=${say("Node types")}>
    <label className="palette-search"><${Icon} name="search" size=${16} /><input type="search" value=${text} placeholder=${say("Search node types")} aria-label=${say("Search node types")} onInput=${(event) => setText(event.target.value)} onKeyDown=${(event) => event.key === "Enter" && families[0] && add(families[0].types[0])} /></label>
    <div className="palette-list">
      ${families.map(
        ({ family, label, types: members }) => html`<section key=${family} className=${`f-${family}`}>
          <h2>${label}</h2>
          <ul>${members.map((type) => html`<li key=${type.use}><button type="button" className="palette-item" title=${plainHelp(type.help)} data-use=${type.use} onPointerDown=${(event) => dragStart(event, type)} onClick=${(event) => event.detail === 0 && add(type)} onDoubleClick=${() => add(type)}>
            <span className="card-icon"><${Icon} name=${type.icon} size=${18} /></span><span>${type.label}</span>
          </button></li>`)}</ul>
        </section>`,
      )}
      ${families.length ? null : html`<p className="quiet">${say("No node type is called that.")}</p>`}
    </div>
    <p className="palette-help quiet">${say("Drag a node onto the canvas. A double click or Enter adds it behind the selected one.")}</p>
  </aside>`;
}
