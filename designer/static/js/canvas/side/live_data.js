// Without a run over the boxes: open incidents of the node, what passes a tap, and how to see data.
import { say } from "../../texts.js";
import { html, useEffect, useState } from "../react.js";
import { Icon } from "../icon.js";
import { useEditor, usePicked } from "../context.js";
import { RunLink } from "../drawer/run_link.js";
import { moment } from "../moments.js";
import { liveAt } from "../state/derived.js";
import { openIncidentsAt } from "../state/runs_list.js";
import { documentOf } from "../state/editor.js";
import { Incident } from "./incident.js";
import { Tapped } from "./tapped.js";

/** @param {{slug: string}} props */
export function LiveData({ slug }) {
  const editor = useEditor();
  const taps = usePicked((state) => state.types.get(documentOf(state).nodes[slug]?.use)?.taps ?? false);
  const open = (drawer) => () => editor.set({ drawer });
  return html`<div className="data">
    <${OpenIncidents} key=${slug} slug=${slug} />
    ${taps ? html`<${Tapped} slug=${slug} />` : null}
    ${taps ? null : html`<div className="empty data-none"><${Icon} name="eye" size=${28} /><b>${say("No data to show yet")}</b>
      <p>${say("Try the flow on an order in the sandbox, or open a run that happened: then what came here and what left stands in this place.")}</p>
      <p className="row"><button type="button" className="button small primary" onClick=${open("test")}><${Icon} name="flask-conical" size=${14} />${say("Test run")}</button>
      <button type="button" className="button small" onClick=${open("runs")}><${Icon} name="activity" size=${14} />${say("Last runs")}</button></p>
    </div>`}
  </div>`;
}

function OpenIncidents({ slug }) {
  const editor = useEditor();
  const count = usePicked((state) => liveAt(state, slug)?.open ?? 0);
  const [found, setFound] = useState([]);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let left = false;
    const take = (incidents) => left || setFound(incidents);
    if (count) openIncidentsAt(editor, slug).then(take, () => take([]));
    else take([]);
    return () => {
      left = true;
    };
  }, [editor, slug, count, asked]);
  if (!found.length) return null;
  return html`<section className="data-incidents" aria-label=${say("Open incidents")}>
    <h3>${say("Open incidents")} <span className="badge err">${count}</span></h3>
    ${found.map((one) => html`<${Incident} key=${one.id} incident=${one} decided=${() => setAsked(asked + 1)}>
      <span className="row small"><${RunLink} id=${one.run} step=${slug}>${say("Look at run {id} on the canvas", { id: one.run })}</> <time className="quiet" dateTime=${one.at}>${moment(one.at)}</time></span>
    </>`)}
    ${count > found.length ? html`<a href="/incidents">${say("All incidents")}</a>` : null}
  </section>`;
}
