// Numbers with their noun: English tells one from many.
import { say } from "../texts.js";
import { whole } from "./numbers.js";

export const problemCount = (count) => (count === 1 ? say("1 problem") : say("{count} problems", { count: whole(count) }));
export const incidentCount = (count) => (count === 1 ? say("1 open incident") : say("{count} open incidents", { count: whole(count) }));
export const callCount = (count) => (count === 1 ? say("1 call") : say("{count} calls", { count: whole(count) }));
export const nodeCount = (count) => (count === 1 ? say("1 node") : say("{count} nodes", { count: whole(count) }));
export const wireCount = (count) => (count === 1 ? say("1 wire") : say("{count} wires", { count: whole(count) }));
