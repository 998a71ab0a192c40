// Language and colours: the colours change at once, the language with a reload that keeps what was not saved.
import { say } from "../../texts.js";
import { html } from "../react.js";
import { useEditor, usePicked } from "../context.js";
import { reload } from "../state/keep.js";
import { Tool } from "./tool.js";

const NEXT = { auto: "light", light: "dark", dark: "auto" };
const SYMBOLS = { auto: "sun-moon", light: "sun", dark: "moon" };

/** Goes on though the page is left at once. */
const keep = (values) => fetch("/preferences", { method: "POST", body: new URLSearchParams(values), redirect: "manual", keepalive: true });

/** @param {{named?: boolean}} props */
export function Preferences({ named }) {
  const editor = useEditor();
  const language = usePicked((state) => state.language);
  const theme = usePicked((state) => state.theme);
  const labels = { auto: say("Colours: as the system says"), light: say("Colours: light"), dark: say("Colours: dark") };
  const turn = () => {
    document.documentElement.dataset.theme = NEXT[theme];
    editor.set({ theme: NEXT[theme] });
    keep({ theme: NEXT[theme] });
  };
  const speak = async () => {
    await keep({ language: language === "zh" ? "en" : "zh" });
    reload();
  };
  return html`<div className="tools">
    <${Tool} icon=${SYMBOLS[theme]} named=${named} label=${labels[theme]} run=${turn} />
    <button type="button" className="tool named" lang=${language === "zh" ? "en" : "zh-CN"} onClick=${speak}>${language === "zh" ? "English" : "中文"}</button>
  </div>`;
}
