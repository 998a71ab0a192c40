// A link to a run on the canvas. What was not saved is kept over it, so nobody is asked.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { usePicked } from "../context.js";
import { reload } from "../state/keep.js";

/** @param {{id: string, step?: string, className?: string, children?: any}} props */
export function RunLink({ id, step, className, children }) {
  const flow = usePicked((state) => state.flow);
  const address = runAddress(flow, id, step);
  const open = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    reload(address);
  };
  return html`<a className=${className} href=${address} aria-label=${children ? undefined : say("Run {id}", { id })} onClick=${open}>${children ?? id}</a>`;
}

/** @param {string} flow @param {string} id @param {string} [step] */
export const runAddress = (flow, id, step) => `/flows/${flow}/canvas?${new URLSearchParams({ run: id, ...(step ? { step } : {}) })}`;
