// A part of the page that is fetched when it is first shown: what few people open, nobody else waits for.
import { say } from "../texts.js";
import { html, useEffect, useState } from "./react.js";
import { reload } from "./state/keep.js";

/**
 * @param {() => Promise<(props: object) => any>} bring fetches the component
 * @param {boolean} [quiet] nothing stands for it until it is there
 * @returns {(props: object) => any} draws it; until then a word of waiting, and a way on where it cannot be fetched
 */
export function later(bring, quiet = false) {
  let Part = null;
  return function Later(props) {
    const [state, set] = useState("coming");
    useEffect(() => {
      let left = false;
      if (!Part) bring().then((found) => { Part = found; left || set("here"); }, () => left || set("failed"));
      return () => {
        left = true;
      };
    }, []);
    if (Part) return html`<${Part} ...${props} />`;
    if (state === "coming" && quiet) return null;
    return state === "failed" ? html`<${NotThere} />` : html`<p className="quiet padded" role="status">${say("Loading…")}</p>`;
  };
}

/** A browser remembers that a script did not come: only the page anew asks for it again. */
const NotThere = () =>
  html`<div className="problem err part-fault" role="alert"><p>${say("This part could not be fetched. Your changes are safe.")}</p>
    <p className="row"><button type="button" className="button small" onClick=${() => reload()}>${say("Load the page again")}</button></p></div>`;
