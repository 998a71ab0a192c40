// A help text: paragraphs, with words of the document between backticks.
import { html } from "../react.js";

/** @param {{text: string}} props */
export const HelpText = ({ text }) => text.split(/\n\n+/).map((part, n) => html`<p key=${n}>${marked(part)}</p>`);

export const marked = (text) => text.split(/`+([^`]+)`+/).map((part, n) => (n % 2 ? html`<code key=${n}>${part}</code>` : part));

/** The same as one line without marks, for a tip. @param {string} text */
export const plainHelp = (text) => text.replace(/`+/g, "").replace(/\s+/g, " ").trim();
