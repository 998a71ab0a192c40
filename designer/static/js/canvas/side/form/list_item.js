// One item of a list with its buttons. Where it has several fields, its first words stand for it while it is folded.
import { say } from "../../../texts.js";
import { html, useContext } from "../../react.js";
import { Icon } from "../../icon.js";
import { keyOf } from "../text/placing.js";
import { summaryOf } from "../text/summary.js";
import { ProblemsContext } from "./context.js";
import { isGroup } from "./group_kinds.js";

/** @param {{n: number, count: number, field: object, item: unknown, at: object, open: boolean, fold: Function, remove: Function, move: Function, children: unknown}} props */
export function ListItem({ n, count, field, item, at, open, fold, remove, move, children }) {
  const folds = isGroup(field.item);
  const faulty = useFaulty([...at.path, n]) && folds && !open;
  const title = say("{what} {number}", { what: field.title, number: n + 1 });
  const shown = !folds || open;
  return html`<li className=${folds ? "item folding" : "item"} data-item=${n}>
    <div className="item-line">
      ${folds
        ? html`<button type="button" className="item-fold" aria-expanded=${open} aria-label=${`${title}: ${summaryOf(item)}`} onClick=${() => fold(n)}>
            <${Icon} name=${open ? "chevron-down" : "chevron-right"} size=${14} /><b>${n + 1}</b><span>${summaryOf(item)}</span>${faulty ? html`<${Icon} name="circle-alert" size=${14} />` : null}
          </button>`
        : html`<div className="item-body">${children}</div>`}
      ${at.readOnly ? null : html`<${Buttons} n=${n} count=${count} title=${title} remove=${remove} move=${move} />`}
    </div>
    ${folds && shown ? children : null}
  </li>`;
}

function Buttons({ n, count, title, remove, move }) {
  const button = (act, icon, label, run, disabled = false) =>
    html`<button type="button" className="ghost" data-act=${act} disabled=${disabled} aria-label=${`${label}: ${title}`} title=${label} onClick=${run}><${Icon} name=${icon} size=${14} /></button>`;
  return html`<span className="item-acts">
    ${count > 1 ? html`${button("up", "arrow-up", say("Move up"), () => move(n, n - 1), n === 0)}${button("down", "arrow-down", say("Move down"), () => move(n, n + 1), n === count - 1)}` : null}
    ${button("remove", "trash-2", say("Remove"), () => remove(n))}
  </span>`;
}

function useFaulty(path) {
  const homes = useContext(ProblemsContext);
  const key = keyOf(path);
  return [...homes.keys()].some((one) => one === key || one.startsWith(`${key}/`));
}
