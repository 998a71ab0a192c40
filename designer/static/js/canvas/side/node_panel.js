// The panel of one selected node.
import { say } from "../../texts.js";
import { hasNode } from "../../graph/document.js";
import { html } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { problemsAt } from "../state/derived.js";
import { documentOf } from "../state/editor.js";
import { DataTab } from "./data.js";
import { NodeForm } from "./node_form.js";
import { NodeHead } from "./node_head.js";
import { Tabs } from "./tabs.js";
import { WireEditor } from "./wire_editor.js";

const CONTENT = { settings: NodeForm, wires: WireEditor, data: DataTab };

/** @param {{slug: string}} props */
export function NodePanel({ slug }) {
  const editor = useEditor();
  const tab = usePicked((state) => state.tab);
  const there = usePicked((state) => hasNode(documentOf(state), slug));
  const faults = usePicked((state) => problemsAt(state).get(slug)?.length ?? 0);
  if (!there) return null;
  const tabs = [{ name: "settings", label: say("Settings"), mark: faults }, { name: "wires", label: say("Wires") }, { name: "data", label: say("Data") }];
  const Content = CONTENT[tab];
  return html`
    <${NodeHead} slug=${slug} />
    <${Tabs} id="side" label=${say("About this node")} tabs=${tabs} chosen=${tab} choose=${(name) => editor.set({ tab: name })} />
    <div className="side-body" role="tabpanel" id="side-panel" aria-labelledby=${`side-${tab}`}><${Content} key=${slug} slug=${slug} /></div>
  `;
}
