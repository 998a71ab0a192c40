// Tabs after the ARIA pattern: one stop for the Tab key, arrows go from tab to tab.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { Icon } from "../icon.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

/** @param {{tabs: {name: string, label: string, icon: string}[], open: string, choose: (name: string) => void}} props */
export function TabList({ tabs, open, choose }) {
  const onKeyDown = (event) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = tabs[reach(tabs.findIndex((tab) => tab.name === open), step, tabs.length)];
    choose(next.name);
    event.currentTarget.querySelector(`#drawer-tab-${next.name}`)?.focus();
  };
  return html`<div className="drawer-tabs" role="tablist" aria-label=${say("Drawer")} onKeyDown=${onKeyDown}>
    ${tabs.map(({ name, label, icon }) => html`<button key=${name} type="button" role="tab" className="drawer-tab" id=${`drawer-tab-${name}`} aria-selected=${name === open} aria-controls="drawer-body" tabIndex=${name === open ? 0 : -1} onClick=${() => choose(name)}>
      <${Icon} name=${icon} size=${16} /><span>${label}</span>
    </button>`)}
  </div>`;
}

const reach = (at, step, count) => (Number.isFinite(step) ? (at + step + count) % count : step < 0 ? 0 : count - 1);
