// Where the document stands: version, saved or not, looked at only; and whether the numbers move.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { usePicked } from "../context.js";
import { isDirty } from "../state/editor.js";

export function Standing() {
  const published = usePicked((state) => state.published);
  const version = usePicked((state) => state.version);
  const run = usePicked((state) => state.run);
  const dirty = usePicked(isDirty);
  const connected = usePicked((state) => state.connected);
  const saving = usePicked((state) => state.saving);
  const draft = usePicked((state) => state.etag !== null);
  return html`<span className="standing" role="status">
    ${run ? html`<span className="badge run">${say("Run {id}", { id: run })}</span>` : null}
    ${version ? html`<span className="badge warn">${say("Version {number}, read only", { number: version })}</span>` : connected ? html`<span className="badge">${published ? say("Published: version {number}", { number: published }) : say("Not published yet")}</span>` : null}
    ${saving ? html`<span className="quiet">${say("Saving…")}</span>` : dirty ? html`<span className="badge warn dot">${say("Not saved")}</span>` : draft && !version ? html`<span className="quiet">${say("Draft saved")}</span>` : null}
    ${connected ? null : html`<span className="badge err dot" title=${say("Not connected: numbers stand still")}>${say("Not connected: numbers stand still")}</span>`}
  </span>`;
}
