// A box: what it is, its ports, and what is known about it now.
import { say } from "../../texts.js";
import { Handle, html, memo, Position, useStore } from "../react.js";
import { Icon } from "../icon.js";
import { usePicked } from "../context.js";
import { problemsAt } from "../state/derived.js";
import { hasRows, inputTop, portTop } from "./card_size.js";
import { portTitle } from "../port_title.js";
import { CardFar } from "./card_far.js";
import { CardFoot } from "./card_foot.js";
import { CardMark } from "./card_mark.js";
import { isFar } from "./far.js";
import { kindOf } from "./shapes.js";

export const Card = memo(function Card({ id, data }) {
  const { node, type, ports, input, title } = data;
  const far = useStore(isFar);
  const faults = usePicked((state) => problemsAt(state).get(id)?.length ?? 0);
  const family = type?.family ?? "unknown";
  return html`
    ${input && html`<${Handle} type="target" id="in" position=${Position.Left} className=${`port t-${input.accepts}`} style=${{ top: inputTop(ports) }} title=${say("Input")} />`}
    <div className=${`card f-${family}`} data-far=${far ? "" : undefined} data-disabled=${node.disabled ? "" : undefined} data-faulty=${faults ? "" : undefined}>
      <span className="card-icon"><${Icon} name=${type?.icon ?? "box"} size=${20} /></span>
      <span className="card-names"><b title=${title}>${title}</b>${far ? null : html`<small>${kindOf(node, type)}</small>`}</span>
      ${far ? null : html`<${CardMark} slug=${id} faults=${faults} />`}
      ${!far && hasRows(ports) ? html`<ul className="card-ports">${ports.map((port) => html`<li key=${port.name}>${portTitle(port)}</li>`)}</ul>` : null}
      ${far ? null : html`<${CardFoot} slug=${id} type=${type} disabled=${Boolean(node.disabled)} />`}
    </div>
    ${far ? html`<${CardFar} slug=${id} faults=${faults} />` : null}
    ${ports.map(
      (port, n) => html`<${Handle} key=${port.name} type="source" id=${port.name} position=${Position.Right} className=${`port t-${port.name === "error" ? "error" : port.type}`} style=${{ top: portTop(ports, n) }} title=${portTitle(port)} />`,
    )}
  `;
});
