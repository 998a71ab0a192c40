// The Data tab: what came to the selected node and what left it, in the run that lies over the boxes.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { usePicked } from "../context.js";
import { isReached, isStale, outputs } from "../state/overlay.js";
import { Call } from "./data_call.js";
import { Items } from "./data_items.js";
import { ClosedIncident, Incident } from "./incident.js";
import { LiveData } from "./live_data.js";
import { Fault } from "./fault.js";

/** @param {{slug: string}} props */
export function DataTab({ slug }) {
  const overlay = usePicked((state) => state.overlay);
  if (!overlay) return html`<${LiveData} slug=${slug} />`;
  return html`<div className="data">
    <${Heading} overlay=${overlay} />
    <${Step} key=${slug} slug=${slug} step=${overlay.steps.get(slug) ?? null} overlay=${overlay} />
  </div>`;
}

function Heading({ overlay }) {
  const stale = usePicked(isStale);
  const words = overlay.kind === "trial" ? say("Test run: {title}", { title: overlay.title }) : overlay.title;
  return html`<p className="data-of quiet small">${words} · ${say("personal data is masked")}${stale ? html` <span className="badge warn">${say("before the last change")}</span>` : null}</p>`;
}

function Step({ slug, step, overlay }) {
  const incidents = (overlay.incidents ?? []).filter((one) => one.step === slug);
  const open = incidents.filter((one) => one.state === "open");
  const closed = incidents.filter((one) => one.state !== "open");
  const decisions = closed.map((one) => html`<${ClosedIncident} key=${one.id} incident=${one} />`);
  if (!step || (!isReached(step) && !open.length)) return closed.length ? decisions : html`<p className="quiet">${notReached(overlay)}</p>`;
  const arrived = new Map(step.inputs.map(({ key, item }) => [key, item]));
  const failures = step.failures.filter(({ item_key }) => !open.some((one) => one.item_key === item_key));
  return html`
    ${open.map((one) => html`<${Incident} key=${one.id} incident=${one} />`)}
    ${decisions}
    ${failures.map((one, n) => html`<${Fault} key=${n} problem=${one.problem} />`)}
    ${step.requests.map((one) => html`<${Call} key=${one.id} call=${one} trial=${overlay.kind === "trial"} />`)}
    ${step.inputs.length ? html`<${Items} title=${say("In")} items=${step.inputs} folded=${outputs(step) > 0} />` : null}
    ${Object.entries(step.outputs).map(([port, items]) => (items.length ? html`<${Items} key=${port} title=${say("Out")} port=${port} items=${items} before=${arrived} />` : null))}
    ${step.dropped ? html`<p className="quiet small">${say("Left out here on purpose: {count}", { count: step.dropped })}</p>` : null}
    ${step.state === "pending" ? html`<p className="quiet small">${say("This step is not done yet.")}</p>` : null}
  `;
}

function notReached(overlay) {
  if (overlay.kind === "run" && !overlay.steps.size) return overlay.problems.length ? say("What went through the nodes cannot be shown any more.") : say("Loading…");
  return overlay.kind === "trial" ? say("The test run did not reach this node.") : say("This run did not reach this node.");
}
