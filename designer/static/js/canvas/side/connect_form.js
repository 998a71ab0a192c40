// Connects a port to a node by two choices. What cannot be connected is there too, with its reason.
import { say } from "../../texts.js";
import { connect, refusal } from "../../graph/connect.js";
import { nodeIn, slugsIn } from "../../graph/document.js";
import { portsOf } from "../../graph/ports.js";
import { html, useId, useState } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { refusalText } from "../refusal_text.js";
import { documentOf, edit } from "../state/editor.js";
import { titleOf } from "../board/shapes.js";
import { portTitle } from "../port_title.js";

/** @param {{slug: string}} props */
export function ConnectForm({ slug }) {
  const editor = useEditor();
  const id = useId();
  const doc = usePicked(documentOf);
  const types = usePicked((state) => state.types);
  const language = usePicked((state) => state.language);
  const [wish, setWish] = useState(null);
  const [target, setTarget] = useState("");
  const ports = portsOf(doc, types, slug);
  if (!ports.length) return null;
  const port = ports.some(({ name }) => name === wish) ? wish : ports[0].name;
  const { free, refused } = targetsOf(doc, types, slug, port, language);
  const chosen = free.some((one) => one.slug === target) ? target : "";
  const join = (event) => {
    event.preventDefault();
    if (!chosen) return;
    edit(editor, say("Connect"), connect(documentOf(editor.get()), { source: slug, port, target: chosen }));
    setTarget("");
    document.getElementById(`${id}-to`)?.focus();
  };
  return html`<form className="connect-form" aria-label=${say("Connect")} onSubmit=${join}>
    <label htmlFor=${`${id}-port`}>${say("Connect port")}</label>
    <select className="entry" id=${`${id}-port`} value=${port} onChange=${(event) => setWish(event.target.value)}>${ports.map((one) => html`<option key=${one.name} value=${one.name}>${portTitle(one, one.name)}</option>`)}</select>
    <label htmlFor=${`${id}-to`}>${say("to node")}</label>
    <select className="entry" id=${`${id}-to`} value=${chosen} onChange=${(event) => setTarget(event.target.value)}>
      <option value="">${free.length ? say("Choose…") : say("No node fits")}</option>
      ${free.map((one) => html`<option key=${one.slug} value=${one.slug}>${one.title}</option>`)}
      ${refused.length ? html`<optgroup label=${say("Not possible")}>${refused.map((one) => html`<option key=${one.slug} value=${one.slug} disabled>${`${one.title}: ${one.reason}`}</option>`)}</optgroup>` : null}
    </select>
    <button type="submit" className="button small" disabled=${!chosen}><${Icon} name="link" size=${15} />${say("Connect")}</button>
  </form>`;
}

/** Where a port may lead, and where not with the reason; triggers are no targets at all. */
function targetsOf(doc, types, source, port, language) {
  const free = [];
  const refused = [];
  for (const slug of slugsIn(doc)) {
    const node = nodeIn(doc, slug);
    const type = types.get(node.use) ?? null;
    if (slug === source || type?.kind === "trigger") continue;
    const reason = refusal(doc, types, { source, port, target: slug });
    const title = titleOf(node, type, slug, language);
    if (reason) refused.push({ slug, title, reason: refusalText(reason) });
    else free.push({ slug, title });
  }
  return { free, refused };
}
