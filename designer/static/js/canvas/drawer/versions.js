// Published versions: who, when, why; back to one of them.
import { say } from "../../texts.js";
import { html, useEffect, useState } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { takeVersion } from "../state/publishing.js";
import { reasons } from "../state/reasons.js";
import { request } from "../state/server.js";
import { moment } from "../moments.js";
import { Faults } from "./faults.js";

export function Versions() {
  const editor = useEditor();
  const flow = usePicked((state) => state.flow);
  const published = usePicked((state) => state.published);
  const shown = usePicked((state) => state.version);
  const { versions, problems, again } = useVersions(flow, published);
  if (problems.length) return html`<div className="padded"><${Faults} problems=${problems} /><p className="row"><button type="button" className="button small" onClick=${again}>${say("Try again")}</button></p></div>`;
  if (versions === null) return html`<p className="quiet padded">${say("Loading…")}</p>`;
  if (!versions.length) return html`<p className="quiet padded">${say("Nothing is published yet. Until then no order runs through this flow.")}</p>`;
  return html`<div className="scroll"><table className="table">
    <thead><tr><th>${say("Version")}</th><th>${say("Note")}</th><th>${say("Time")}</th><th>${say("By")}</th><th><span className="hidden">${say("Actions")}</span></th></tr></thead>
    <tbody>${versions.map((one) => html`<tr key=${one.version}>
      <td className="tight"><b>${one.version}</b>${one.version === published ? html` <span className="badge ok dot">${say("in use")}</span>` : null}</td>
      <td className="wide">${one.note || html`<span className="quiet">–</span>`}</td>
      <td className="tight">${moment(one.at)}</td><td className="tight">${one.actor === "owner" ? say("Owner") : one.actor === "system" ? say("System") : one.actor}</td>
      <td className="tight end"><span className="row end">
        ${one.version === shown ? null : html`<a className="button small" href=${`/flows/${flow}/canvas?version=${one.version}`}>${say("Look at")}</a>`}
        ${shown === null ? html`<button type="button" className="button small" onClick=${() => takeVersion(editor, one.version)}>${say("Take over into the draft")}</button>` : null}
        ${one.version === published ? null : html`<button type="button" className="button small" onClick=${() => editor.set({ dialog: { kind: "publish", version: one.version } })}>${say("Publish again")}</button>`}
      </span></td>
    </tr>`)}</tbody>
  </table></div>`;
}

function useVersions(flow, published) {
  const [found, setFound] = useState({ versions: null, problems: [] });
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let left = false;
    const put = (now) => left || setFound(now);
    request("GET", `/api/flows/${flow}/versions`).then(({ body }) => put({ versions: body.items, problems: [] }), (error) => put({ versions: null, problems: reasons(error) }));
    return () => {
      left = true;
    };
  }, [flow, published, asked]);
  const again = () => {
    setFound({ versions: null, problems: [] });
    setAsked(asked + 1);
    document.getElementById("drawer-body")?.focus({ preventScroll: true });
  };
  return { ...found, again };
}
