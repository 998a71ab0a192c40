// A text area as high as its text; a copy of the text behind it gives the height, and can mark a place in it.
import { html } from "../../react.js";
import { markAt } from "../text/excerpt.js";

/** @param {{text: string, code?: boolean, mark?: number|null, area?: object}} props and those of a textarea; `mark`: offset of what is wrong */
export function Growing({ text, code = false, mark = null, area, ...more }) {
  const parts = mark === null ? null : markAt(text, mark);
  return html`<span className=${`entry growing${code ? " code-entry" : ""}`}>
    <span className="growing-copy" aria-hidden="true">${parts ? html`${parts.before}<mark>${parts.marked}</mark>${parts.after}` : text || more.placeholder} </span>
    <textarea ref=${area} rows="1" value=${text} autoComplete="off" autoCapitalize="off" ...${more}></textarea>
  </span>`;
}
