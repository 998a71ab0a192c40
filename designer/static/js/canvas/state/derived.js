// What follows from the state, computed once for each state of its sources.
import { own } from "../../graph/own.js";
import { byNode, byWire } from "../../graph/problems.js";

const once = (pick, make) => {
  let source;
  let made;
  return (state) => {
    const now = pick(state);
    if (now !== source || made === undefined) [source, made] = [now, make(now)];
    return made;
  };
};

/** slug → problems */
export const problemsAt = once((state) => state.problems, byNode);

/** wire → problems */
export const problemsOnWires = once((state) => state.problems, byWire);

/** What went through a node of the running flow, or null. @param {object} state @param {string} slug */
export const liveAt = (state, slug) => own(state.live?.nodes, slug) ?? null;

/** The side panel shows what is selected, or the flow itself when that was asked for. */
export const isSideOpen = (state) => state.about || state.selection.nodes.length + state.selection.wires.length > 0;

/** The one selected node, or null. */
export const selectedNode = (state) => (state.selection.nodes.length === 1 ? state.selection.nodes[0] : null);
