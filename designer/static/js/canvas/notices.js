// What happened, said shortly at the edge of the board.
import { say } from "../texts.js";
import { html } from "./react.js";
import { Icon } from "./icon.js";
import { useEditor, usePicked } from "./context.js";
import { dismiss } from "./state/notices.js";

const SYMBOLS = { ok: "circle-check", warn: "triangle-alert", err: "circle-x", run: "info" };

export function Notices() {
  const editor = useEditor();
  const notices = usePicked((state) => state.notices);
  return html`<div className="notices" role="status" aria-live="polite">
    ${notices.map(
      ({ id, tone, text, actions }) => html`<div key=${id} className=${`notice ${tone}`}>
        <${Icon} name=${SYMBOLS[tone]} />
        <span>${text}</span>
        ${actions.map(({ label, run }) => html`<button key=${label} type="button" className="button small" onClick=${() => { dismiss(editor, id); run(); }}>${label}</button>`)}
        <button type="button" className="ghost square" aria-label=${say("Close")} onClick=${() => dismiss(editor, id)}><${Icon} name="x" size=${16} /></button>
      </div>`,
    )}
  </div>`;
}
