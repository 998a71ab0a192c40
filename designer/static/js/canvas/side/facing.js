// Brings the field that a problem speaks of into view, opened and focused.
import { homeOf, keyOf } from "./text/placing.js";

const CONTROL = "input:not(:disabled), textarea, select, button";

/**
 * @param {HTMLElement|null} box the form
 * @param {(string|number)[]} path inside of the node, such as ["params", "when"]
 * @param {{params: object[], policy: object[]}} fields
 */
export function faceField(box, [root, ...path], fields) {
  const home = fields[root] ? homeOf(fields[root], path) : null;
  const part = box?.querySelector(`[data-root="${root}"]`);
  const shown = home && part ? nearest(part, home) : null;
  const target = shown ?? box;
  target?.closest("details")?.setAttribute("open", "");
  target?.scrollIntoView({ block: "center" });
  if (target) mainControl(target)?.focus({ preventScroll: true });
}

/** The control that the label speaks of, rather than a way into it beside it. */
const mainControl = (target) => target.querySelector(":scope > label")?.control ?? target.querySelector(CONTROL);

/** The field itself, or the innermost one around it that is drawn (a folded item draws none of its own). */
function nearest(part, home) {
  const drawn = [...part.querySelectorAll("[data-path]")];
  for (let length = home.length; length > 0; length--) {
    const found = drawn.find((element) => element.dataset.path === keyOf(home.slice(0, length)));
    if (found) return found;
  }
  return null;
}
