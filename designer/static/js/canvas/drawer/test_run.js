// A test run in the sandbox: what it starts from, and what came of it.
import { say } from "../../texts.js";
import { html, useEffect } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { isStale } from "../state/overlay.js";
import { loadSamples, OWN, runTrial } from "../state/trial.js";
import { Faults } from "./faults.js";
import { OwnInput } from "./own_input.js";
import { SampleChoice } from "./sample_choice.js";
import { TrialResult } from "./trial_result.js";

const SHOWN = 3;

export function TestRun() {
  const editor = useEditor();
  const trial = usePicked((state) => state.trial);
  const shown = usePicked((state) => state.overlay?.kind === "trial");
  const stale = usePicked(isStale);
  const busy = trial.running || trial.samples === null;
  useEffect(() => void loadSamples(editor), [editor]);
  return html`<div className="trial">
    <div className="trial-start">
      <${SampleChoice} />
      <button type="button" className="button primary" aria-disabled=${busy || undefined} onClick=${() => busy || runTrial(editor)}>
        <${Icon} name=${shown && stale ? "rotate-ccw" : "play"} size=${16} />${trial.running ? say("Running…") : shown ? say("Run again") : say("Run")}
      </button>
      <span className="quiet small">${say("In the sandbox: nothing is sent and nothing is kept.")}</span>
    </div>
    <${Refused} problems=${trial.problems} />
    ${trial.chosen === OWN ? html`<${OwnInput} />` : null}
    ${shown ? html`<${TrialResult} />` : trial.problems.length ? null : html`<p className="quiet">${say("Choose an order and run: every box and wire then shows what reached it, and each call that would go out is captured.")}</p>`}
  </div>`;
}

function Refused({ problems }) {
  const editor = useEditor();
  if (!problems.length) return null;
  const placed = problems.some((one) => one.code);
  return html`<div className="trial-refused">
    <${Faults} problems=${problems.slice(0, SHOWN)} />
    ${placed ? html`<button type="button" className="button small" onClick=${() => editor.set({ drawer: "problems" })}>${say("Show all problems ({count})", { count: problems.length })}</button>` : null}
  </div>`;
}
