// Suggestions below a text field: opened by typing or Ctrl+Space, chosen by arrows and Enter or by the mouse.
import { say } from "../../../texts.js";
import { html, useId, useLayoutEffect, useRef, useState } from "../../react.js";
import { Icon } from "../../icon.js";

/**
 * @param {{box: {current: HTMLTextAreaElement|HTMLInputElement|null},
 *   find: (text: string, caret: number, asked: boolean) => {offers: object[], word: object}|null,
 *   take: (text: string, word: object, offer: object) => {text: string, caret: number},
 *   write: (text: string) => void}} how
 */
export function useSuggest({ box, find, take, write }) {
  const id = useId();
  const [found, setFound] = useState(null);
  const [active, setActive] = useState(0);
  const caret = useRef(null);
  useLayoutEffect(() => {
    if (caret.current === null || !box.current) return;
    box.current.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });
  const look = (text, at, asked) => {
    const next = find(text, at, asked);
    setFound(next?.offers.length ? next : null);
    setActive(0);
  };
  const close = () => setFound(null);
  const choose = (offer) => {
    const made = take(box.current.value, found.word, offer);
    caret.current = made.caret;
    write(made.text);
    close();
    box.current.focus();
  };
  const keys = found && { ArrowDown: () => setActive((active + 1) % found.offers.length), ArrowUp: () => setActive((active + found.offers.length - 1) % found.offers.length), Enter: () => choose(found.offers[active]), Tab: () => choose(found.offers[active]), Escape: close };
  /** @returns {boolean} whether the key was for the list */
  const press = (event) => {
    if (event.nativeEvent.isComposing) return false;
    const asked = event.code === "Space" && event.ctrlKey;
    const run = asked ? () => look(box.current.value, box.current.selectionStart, true) : keys?.[event.key];
    if (!run || (event.shiftKey && event.key === "Tab")) return false;
    event.preventDefault();
    event.stopPropagation();
    run();
    return true;
  };
  const aria = { "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": found ? id : undefined, "aria-activedescendant": found ? `${id}-${active}` : undefined };
  return { look, press, close, aria, open: found !== null, list: html`<${Offers} id=${id} found=${found} active=${active} choose=${choose} />` };
}

function Offers({ id, found, active, choose }) {
  const list = useRef(null);
  useLayoutEffect(() => {
    if (found) list.current.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [found, active]);
  return html`
    <span className="hidden" role="status">${found ? say("{count} suggestions", { count: found.offers.length }) : ""}</span>
    ${found ? html`<ul className="offers" id=${id} role="listbox" aria-label=${say("Suggestions")} ref=${list}>${found.offers.map(
      (offer, n) => html`<li key=${offer.key} id=${`${id}-${n}`} role="option" aria-selected=${n === active} onMouseDown=${(event) => { event.preventDefault(); choose(offer); }}><span>${offer.key}</span>${guarded(offer)}</li>`,
    )}</ul>` : null}
  `;
}

/** A small lock for what is personal or secret. */
function guarded({ class: found }) {
  if (found !== "confidential" && found !== "restricted") return null;
  const label = found === "restricted" ? say("Restricted: personal data") : say("Confidential");
  return html`<span className=${`guarded ${found}`} title=${label} role="img" aria-label=${label}><${Icon} name="lock" size=${12} /></span>`;
}
