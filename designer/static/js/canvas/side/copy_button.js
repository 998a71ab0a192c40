// Puts a text on the clipboard and says so.
import { say } from "../../texts.js";
import { html, useEffect, useState } from "../react.js";
import { Icon } from "../icon.js";

const SHOWN = 2000;

/** @param {{text: string, label: string}} props */
export function CopyButton({ text, label }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return html`<button type="button" className="ghost" title=${label} aria-label=${label} onClick=${copy}><${Icon} name=${copied ? "check" : "copy"} size=${14} /></button><span className="hidden" role="status">${copied ? say("Copied") : ""}</span>`;
}
