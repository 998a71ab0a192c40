// On a phone: what is less urgent, by name, behind one button. The browser opens and closes it, by touch and by keyboard.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { Icon } from "../icon.js";
import { usePicked } from "../context.js";
import { AboutFlow } from "./about_flow.js";
import { TidyUp } from "./edit_tools.js";
import { Preferences } from "./preferences.js";
import { VersionsTool } from "./publish_tools.js";

export function More() {
  const readOnly = usePicked((state) => state.readOnly);
  return html`
    <button type="button" className="tool" popovertarget="bar-menu" title=${say("More")} aria-label=${say("More")}><${Icon} name="ellipsis" /></button>
    <div className="bar-menu" id="bar-menu" popover="auto" role="group" aria-label=${say("More")} onClick=${(event) => event.currentTarget.hidePopover()}>
      <${AboutFlow} named />
      ${readOnly ? null : html`<${TidyUp} named /><${VersionsTool} named />`}
      <${Preferences} named />
    </div>
  `;
}
