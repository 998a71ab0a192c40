// The name of an entry.
import { say } from "../../../texts.js";
import { html, useId, useState } from "../../react.js";
import { PathBox } from "./path.js";

/**
 * @param {{field: object, at: object, name: string, taken: string[], fresh?: boolean, done: (name: string, stays: boolean) => void}} props
 *   `done` gets the new name (of a fresh one, "" where nothing was written), and whether the focus is still there
 */
export function KeyInput({ field, at, name, taken, fresh = false, done }) {
  const [typed, setTyped] = useState(null);
  const id = useId();
  const text = typed ?? name;
  const twice = text !== name && taken.includes(text);
  const finish = (stays) => {
    if (twice) return;
    setTyped(null);
    if (fresh || (text && text !== name)) done(text.trim(), stays);
  };
  const press = (event) => {
    if (event.key === "Enter") {
      event.preventDefault(); // the focus moves on at once, and this key must not reach what gets it
      finish(true);
    }
    if (event.key === "Escape") {
      setTyped(null);
      if (fresh) done("", true);
    }
  };
  const isPath = field.key?.format === "path";
  return html`<span className=${fresh ? "map-key map-new" : "map-key"}>
    <${PathBox} id=${id} text=${text} slug=${isPath ? at.slug : null} readOnly=${at.readOnly} aria-label=${isPath ? say("Field") : say("Name")} placeholder=${isPath ? say("Field, such as amount.paid") : say("Name")}
      aria-invalid=${twice || undefined} aria-describedby=${twice ? `${id}-twice` : undefined} write=${setTyped} onBlur=${() => finish(false)} onKeyDown=${press} />
    ${twice ? html`<p className="setting-problems" id=${`${id}-twice`}>${say("There is one of this name already.")}</p>` : null}
  </span>`;
}
