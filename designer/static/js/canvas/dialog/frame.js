// A dialog: focus stays inside, Escape closes it.
import { say } from "../../texts.js";
import { html, useEffect, useId, useRef } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor } from "../context.js";

/** @param {{title: string, children: any}} props */
export function DialogFrame({ title, children }) {
  const editor = useEditor();
  const element = useRef(null);
  const label = useId();
  const close = () => editor.set({ dialog: null });
  useEffect(() => {
    const before = document.activeElement;
    element.current.showModal();
    element.current.querySelector("textarea, input, select")?.focus();
    return () => before?.focus?.();
  }, []);
  return html`<dialog ref=${element} className="dialog" tabIndex="-1" aria-labelledby=${label} onCancel=${(event) => { event.preventDefault(); close(); }}>
    <header><h2 id=${label}>${title}</h2><button type="button" className="ghost square" aria-label=${say("Close")} onClick=${close}><${Icon} name="x" /></button></header>
    ${children}
  </dialog>`;
}
