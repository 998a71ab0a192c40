// A button of the bar: an icon with its name as a tip, or with the name beside it. One that can do nothing now keeps the focus all the same.
import { html } from "../react.js";
import { Icon } from "../icon.js";

/** @param {{icon: string, label: string, run: () => void, named?: boolean, keys?: string, pressed?: boolean, disabled?: boolean, primary?: boolean}} props */
export function Tool({ icon, label, run, named = false, keys, pressed, disabled = false, primary = false }) {
  const tip = keys ? `${label} (${keys})` : label;
  return html`<button type="button" className=${`tool${primary ? " primary" : ""}${named ? " named" : ""}`} title=${tip} aria-label=${label} aria-pressed=${pressed} aria-disabled=${disabled || undefined} onClick=${disabled ? undefined : run}>
    <${Icon} name=${icon} />${named ? html`<span>${label}</span>` : null}
  </button>`;
}
