// Folded away until somebody wants it: what happens when the node's work fails.
import { say } from "../../texts.js";
import { nodeIn } from "../../graph/document.js";
import { setPolicy } from "../../graph/nodes.js";
import { wiresOf } from "../../graph/wires.js";
import { html, useMemo } from "../react.js";
import { Icon } from "../icon.js";
import { usePicked } from "../context.js";
import { problemsAt } from "../state/derived.js";
import { documentOf } from "../state/editor.js";
import { Form } from "./form/form.js";

const isPolicy = ({ path }) => path[0] === "policy";

/** @param {{slug: string, type: object, fields: object[]}} props */
export function Policies({ slug, type, fields }) {
  const faulty = usePicked((state) => problemsAt(state).get(slug)?.some(isPolicy) ?? false);
  const set = usePicked((state) => nodeIn(documentOf(state), slug)?.policy !== undefined);
  const routed = usePicked((state) => wiresOf(documentOf(state)).some(({ source, port }) => source === slug && port === "error"));
  const usual = useMemo(() => fields.map((field) => (field.name === "on_error" ? { ...field, default: routed ? "route" : "park" } : field)), [fields, routed]);
  return html`<details className="fold" data-root="policy" open=${faulty || undefined}>
    <summary><${Icon} name="chevron-right" size=${14} />${type.kind === "trigger" ? say("Order and priority") : say("When it fails")}${set ? html`<span className="fold-set" title=${say("Changed")}></span>` : null}</summary>
    <div className="form-part"><${Form} slug=${slug} root="policy" fields=${usual} put=${setPolicy} /></div>
  </details>`;
}
