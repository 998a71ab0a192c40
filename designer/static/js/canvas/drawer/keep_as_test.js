// Keeps a test run of own data as a test of the flow.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { keepAsTest, mayKeep } from "../state/kept_test.js";
import { tell } from "../state/notices.js";
import { isStale } from "../state/overlay.js";

export function KeepAsTest() {
  const editor = useEditor();
  const may = usePicked((state) => !state.readOnly && mayKeep(state.overlay) && !isStale(state));
  if (!may) return null;
  const keep = () => {
    const name = keepAsTest(editor);
    tell(editor, "ok", say("Kept as a test: “{name}”. It expects the same way and the same calls. Tests stand in the flow in clear: never keep data of real people.", { name }), [{ label: say("Show the tests"), run: () => editor.set({ drawer: "tests" }) }]);
  };
  return html`<button type="button" className="button small" onClick=${keep}>${say("Keep as a test")}</button>`;
}
