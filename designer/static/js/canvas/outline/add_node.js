// Adding a node without a mouse: what, and behind which.
import { say } from "../../texts.js";
import { html, useMemo, useState } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { titleOf } from "../board/shapes.js";
import { addAt, addBehind } from "../palette/adding.js";
import { familiesOf } from "../palette/families.js";
import { documentOf } from "../state/editor.js";
import { selectedNode } from "../state/derived.js";
import { nodeIn, slugsIn } from "../../graph/document.js";
import { portsOf } from "../../graph/ports.js";
import { places, ROW } from "../../graph/places.js";

export function AddNode() {
  const editor = useEditor();
  const doc = usePicked(documentOf);
  const types = usePicked((state) => state.types);
  const language = usePicked((state) => state.language);
  const selected = usePicked(selectedNode);
  const families = useMemo(() => familiesOf([...types.values()]), [types]);
  const [use, setUse] = useState("");
  const [from, setFrom] = useState(null); // "slug.port", "" for on its own, null for behind the selected one
  const spots = useMemo(() => spotsOf(doc, types, language), [doc, types, language]);
  const chosen = from ?? (selected ? (spots.find((spot) => spot.slug === selected)?.value ?? "") : "");
  const add = (event) => {
    event.preventDefault();
    const type = types.get(use);
    const spot = spots.find(({ value }) => value === chosen);
    const slug = spot ? addBehind(editor, type, spot.slug, spot.port) : addAt(editor, type, below(doc));
    editor.set({ tab: "settings", pointed: slug });
    setFrom(null);
  };
  return html`<form className="outline-add" onSubmit=${add}>
    <label><span>${say("Add a node")}</span><select className="field" required value=${use} onChange=${(event) => setUse(event.target.value)}>
      <option value="">${say("Choose a node type…")}</option>
      ${families.map(({ family, label, types: members }) => html`<optgroup key=${family} label=${label}>${members.map((type) => html`<option key=${type.use} value=${type.use}>${type.label}</option>`)}</optgroup>`)}
    </select></label>
    <label><span>${say("Behind")}</span><select className="field" value=${chosen} onChange=${(event) => setFrom(event.target.value)}>
      <option value="">${say("Nothing: on its own")}</option>
      ${spots.map(({ value, label }) => html`<option key=${value} value=${value}>${label}</option>`)}
    </select></label>
    <button className="button primary" disabled=${!use}>${say("Add")}</button>
  </form>`;
}

function spotsOf(doc, types, language) {
  return slugsIn(doc).flatMap((slug) => {
    const node = nodeIn(doc, slug);
    const title = titleOf(node, types.get(node.use), slug, language);
    const ports = portsOf(doc, types, slug);
    return ports.map((port) => ({ slug, port: port.name, value: `${slug}.${port.name}`, label: ports.length > 1 ? `${title} › ${port.title}` : title }));
  });
}

function below(doc) {
  const all = Object.values(places(doc));
  return { x: 0, y: all.length ? Math.max(...all.map(({ y }) => y)) + ROW : 0 };
}
