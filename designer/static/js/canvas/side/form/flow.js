// Another flow, chosen by its name: one that starts by being called.
import { say } from "../../../texts.js";
import { html } from "../../react.js";
import { Icon } from "../../icon.js";
import { usePicked } from "../../context.js";

export function FlowControl({ field, at, label }) {
  const own = usePicked((state) => state.flow);
  const known = usePicked((state) => state.callees).filter((name) => name !== own);
  const name = typeof at.shown === "string" ? at.shown : "";
  const choose = (event) => at.change(event.target.value || undefined);
  return html`
    <select ...${at.aria} className="entry" value=${name} disabled=${at.readOnly} aria-label=${label} onChange=${choose}>
      ${name && field.required ? null : html`<option value="">${field.required ? say("Choose…") : say("None")}</option>`}
      ${name && !known.includes(name) ? html`<option value=${name}>${say("{name} (not published)", { name })}</option>` : null}
      ${known.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}
    </select>
    ${name ? html`<a className="setting-link" href=${`/flows/${name}/canvas`} target="_blank" rel="noopener"><${Icon} name="external-link" size=${14} />${say("Open this flow")}</a>` : null}
  `;
}
