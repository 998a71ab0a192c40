// Why two ports do not fit, in the reader's words.
import { say } from "../texts.js";
import { own } from "../graph/own.js";

const KINDS = {
  order: () => say("orders in canonical form"),
  raw_order: () => say("orders as the channel sends them"),
  any: () => say("anything"),
};

/** @param {{code: string, fields: Record<string, any>}} reason */
export function refusalText({ code, fields }) {
  if (code === "wire.type_mismatch") return say("{carries} leave here, but this node takes {accepts}. Put a node between that turns one into the other.", { carries: kindText(fields.carries), accepts: kindText(fields.accepts) });
  if (code === "wire.into_trigger") return say("A trigger starts a flow: nothing can lead into it.");
  if (code === "wire.duplicate") return say("These two are connected already.");
  if (code === "flow.cycle") return say("That would lead in a circle. An order goes through a flow once, from start to end.");
  return say("These two cannot be connected.");
}

/** What a type is called. */
export const kindText = (name) => own(KINDS, name)?.() ?? name;
