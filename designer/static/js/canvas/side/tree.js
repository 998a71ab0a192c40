// JSON as a tree that opens by mouse and keyboard. What is folded is not drawn; long lists and texts are cut.
import { say } from "../../texts.js";
import { isNumber, numberText } from "../../graph/json.js";
import { html, useState } from "../react.js";

const AT_ONCE = 60;
const LONGEST = 400;

/** @param {{value: any, marks?: Map<string, "new"|"changed">, depth?: number}} props `depth`: how many levels are open at first */
export function Tree({ value, marks, depth = 1 }) {
  if (isBranch(value)) return html`<${Members} value=${value} path="" marks=${marks} depth=${depth} root=${true} />`;
  return html`<${Leaf} value=${value} />`;
}

function Members({ value, path, marks, depth, root = false }) {
  const [shown, setShown] = useState(AT_ONCE);
  const entries = Array.isArray(value) ? value.map((one, n) => [String(n), one]) : Object.entries(value);
  const left = entries.length - shown;
  return html`<ul className=${root ? "root" : undefined}>
    ${entries.slice(0, shown).map(([name, one]) => html`<${Member} key=${name} name=${Array.isArray(value) ? String(Number(name) + 1) : name} value=${one} path=${path ? `${path}.${name}` : name} marks=${marks} depth=${depth} />`)}
    ${left > 0 ? html`<li><button type="button" className="tree-more" onClick=${() => setShown(shown + 200)}>${say("Show more ({count})", { count: left })}</button></li>` : null}
  </ul>`;
}

function Member({ name, value, path, marks, depth }) {
  const mark = marks?.get(path);
  const within = isBranch(value) && size(value) > 0;
  const open = depth > 1 || (within && !mark && holdsMark(marks, path));
  return html`<li className=${mark ? `mark-${mark}` : undefined}>
    ${within ? html`<${Branch} name=${name} value=${value} path=${path} marks=${marks} depth=${depth} mark=${mark} first=${open} />` : html`<span className="k">${name}</span><span className="z">: </span><${Leaf} value=${value} /><${Mark} mark=${mark} />`}
  </li>`;
}

function Branch({ name, value, path, marks, depth, mark, first }) {
  const [open, setOpen] = useState(first);
  const brackets = Array.isArray(value) ? `[${value.length}]` : `{${size(value)}}`;
  return html`<details open=${open} onToggle=${(event) => event.target === event.currentTarget && setOpen(event.currentTarget.open)}>
    <summary><span className="k">${name}</span><span className="z">: ${brackets}</span><${Mark} mark=${mark} /></summary>
    ${open ? html`<${Members} value=${value} path=${path} marks=${marks} depth=${depth - 1} />` : null}
  </details>`;
}

function Leaf({ value }) {
  const [whole, setWhole] = useState(false);
  if (typeof value === "string") {
    if (whole || value.length <= LONGEST) return html`<span className="s">${value === "" ? '""' : value}</span>`;
    return html`<span className="s">${value.slice(0, LONGEST)}… </span><button type="button" className="tree-more" onClick=${() => setWhole(true)}>${say("Show all")}</button>`;
  }
  if (isNumber(value)) return html`<span className="n">${numberText(value)}</span>`;
  if (typeof value === "boolean") return html`<span className="l">${String(value)}</span>`;
  if (value === null || value === undefined) return html`<span className="z">null</span>`;
  return html`<span className="z">${Array.isArray(value) ? "[]" : "{}"}</span>`;
}

const Mark = ({ mark }) => (mark ? html` <span className="tree-mark">${mark === "new" ? say("added") : say("changed")}</span>` : null);

const isBranch = (value) => value !== null && typeof value === "object" && !isNumber(value);

const size = (value) => (Array.isArray(value) ? value.length : Object.keys(value).length);

const holdsMark = (marks, path) => marks !== undefined && [...marks.keys()].some((one) => one.startsWith(`${path}.`));
