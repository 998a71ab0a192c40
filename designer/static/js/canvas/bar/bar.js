// The bar at the top: which flow, what may be done with it.
import { say } from "../../texts.js";
import { anyTextIn } from "../../graph/document.js";
import { html } from "../react.js";
import { Icon } from "../icon.js";
import { usePicked } from "../context.js";
import { documentOf } from "../state/editor.js";
import { useNarrow } from "../narrow.js";
import { EditTools } from "./edit_tools.js";
import { Preferences } from "./preferences.js";
import { AboutFlow } from "./about_flow.js";
import { More } from "./more.js";
import { PublishTools } from "./publish_tools.js";
import { Standing } from "./standing.js";
import { ViewSwitch } from "./view_switch.js";

export function Bar() {
  const flow = usePicked((state) => state.flow);
  const language = usePicked((state) => state.language);
  const titles = usePicked((state) => documentOf(state).title);
  const readOnly = usePicked((state) => state.readOnly);
  const narrow = useNarrow();
  const title = anyTextIn(titles, language) || flow;
  return html`<header className="editor-bar">
    <a className="editor-home" href="/flows" aria-label=${say("All flows")} title=${say("All flows")}><${Icon} name="arrow-left" /></a>
    <div className="editor-title"><h1 title=${title}>${title}</h1><${Standing} /></div>
    ${narrow ? html`<${More} />` : null}
    ${readOnly ? null : html`<${EditTools} narrow=${narrow} />`}
    <${ViewSwitch} />
    ${narrow ? null : html`<${AboutFlow} />`}
    <span className="editor-gap"></span>
    <${PublishTools} narrow=${narrow} />
    ${narrow ? null : html`<${Preferences} />`}
  </header>`;
}
