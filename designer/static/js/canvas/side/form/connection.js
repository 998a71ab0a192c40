// An outside system, chosen by the name of its connection.
import { say } from "../../../texts.js";
import { textIn } from "../../../graph/document.js";
import { html, useEffect } from "../../react.js";
import { Icon } from "../../icon.js";
import { useEditor, usePicked } from "../../context.js";
import { reload } from "../../state/keep.js";
import { request } from "../../state/server.js";

export function ConnectionControl({ field, at, label }) {
  const editor = useEditor();
  const known = usePicked((state) => state.connections);
  const flow = usePicked((state) => state.flow);
  useFreshConnections(editor);
  const types = field.connectionTypes ?? [];
  const fitting = known.filter(({ type }) => !types.length || types.includes(type)).map(({ name }) => name);
  const name = textIn(at.shown, field.kind);
  const strange = name && !fitting.includes(name);
  const choose = (event) => at.change(event.target.value ? { [field.kind]: event.target.value } : undefined);
  return html`
    <select ...${at.aria} className="entry" value=${name} disabled=${at.readOnly} aria-label=${label} onChange=${choose}>
      ${name && field.required ? null : html`<option value="">${field.required ? say("Choose…") : say("None")}</option>`}
      ${strange ? html`<option value=${name}>${known.some((one) => one.name === name) ? say("{name} (of another kind)", { name }) : say("{name} (not set up)", { name })}</option>` : null}
      ${fitting.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}
    </select>
    ${at.readOnly ? null : html`<a className="setting-link" href=${address(types, flow)} onClick=${leave}><${Icon} name="plug" size=${14} />${say("Set up a new connection…")}</a>`}
  `;
}

/** In this tab: what was not saved is kept beside, and is there when the new connection leads back. */
function leave(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  reload(event.currentTarget.href);
}

const address = (types, flow) => `/connections/new?${new URLSearchParams({ ...(types.length ? { kind: types[0] } : {}), back: `/flows/${flow}/canvas` })}`;

/** A connection that was set up in another tab is there when the person comes back. */
function useFreshConnections(editor) {
  useEffect(() => {
    const look = async () => {
      try {
        const { body } = await request("GET", "/api/connections");
        editor.set({ connections: body.items.map(({ name, type }) => ({ name, type })) });
      } catch {
        // the list of before still stands; the next focus asks again
      }
    };
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, [editor]);
}
