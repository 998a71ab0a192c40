// Tabs, moved between by arrow keys.
import { html } from "../react.js";

/** @param {{id: string, label: string, tabs: {name: string, label: string, mark?: number}[], chosen: string, choose: (name: string) => void}} props */
export function Tabs({ id, label, tabs, chosen, choose }) {
  const press = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.findIndex(({ name }) => name === chosen) + step + tabs.length) % tabs.length];
    choose(next.name);
    document.getElementById(`${id}-${next.name}`)?.focus();
  };
  return html`<div className="side-tabs" role="tablist" aria-label=${label} onKeyDown=${press}>
    ${tabs.map(
      ({ name, label: title, mark }) => html`<button key=${name} type="button" role="tab" id=${`${id}-${name}`} aria-selected=${name === chosen} aria-controls=${`${id}-panel`} tabIndex=${name === chosen ? 0 : -1} onClick=${() => choose(name)}>
        ${title}${mark ? html`<span className="tab-mark" aria-hidden="true">${mark}</span>` : null}
      </button>`,
    )}
  </div>`;
}
