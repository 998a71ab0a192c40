// The drawer below the board: problems, test run, tests, runs, versions.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { later } from "../later.js";
import { ProblemList } from "./problems.js";
import { PastRun } from "./run.js";
import { Runs } from "./runs.js";
import { TabList } from "./tab_list.js";
import { TestRun } from "./test_run.js";

const Tests = later(async () => (await import("./tests.js")).Tests);
const Versions = later(async () => (await import("./versions.js")).Versions);
const CONTENT = { problems: ProblemList, test: TestRun, tests: Tests, run: PastRun, runs: Runs, versions: Versions };

export function Drawer() {
  const editor = useEditor();
  const open = usePicked((state) => state.drawer);
  const looksAtRun = usePicked((state) => state.run !== null);
  if (!open || !CONTENT[open]) return null;
  const tabs = tabsOf(looksAtRun);
  const close = () => {
    editor.set({ drawer: null });
    document.getElementById("stage")?.focus({ preventScroll: true });
  };
  const onKeyDown = (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.stopPropagation();
    close();
  };
  return html`<section className="drawer" aria-labelledby="drawer-title" onKeyDown=${onKeyDown}>
    <header className="drawer-head">
      <h2 className="hidden" id="drawer-title">${tabs.find((tab) => tab.name === open)?.label}</h2>
      <${TabList} tabs=${tabs} open=${open} choose=${(name) => editor.set({ drawer: name })} />
      <button type="button" className="ghost square" title=${`${say("Close")} (Esc)`} aria-label=${say("Close the drawer")} onClick=${close}><${Icon} name="x" size=${16} /></button>
    </header>
    <div className="drawer-body" id="drawer-body" role="tabpanel" aria-labelledby=${`drawer-tab-${open}`} tabIndex="0" key=${open}><${CONTENT[open]} /></div>
  </section>`;
}

/** A past run is only looked at: nothing to mend or to try there. */
function tabsOf(looksAtRun) {
  const all = [
    { name: "problems", label: say("Problems"), icon: "circle-alert", editing: true },
    { name: "test", label: say("Test run"), icon: "flask-conical", editing: true },
    { name: "tests", label: say("Tests"), icon: "file-check", editing: true },
    { name: "run", label: say("This run"), icon: "scroll-text", editing: false },
    { name: "runs", label: say("Runs"), icon: "activity" },
    { name: "versions", label: say("Versions"), icon: "history" },
  ];
  return all.filter((tab) => tab.editing === undefined || tab.editing !== looksAtRun);
}
