// What the engine says, written down by `test_graph_model.py`: its node types, and its view of some flows.
import { readFileSync } from "node:fs";

const file = process.env.FROM_THE_ENGINE;
if (!file) throw new Error("Run these tests with pytest: it writes down what the engine says.");

export const engine = JSON.parse(readFileSync(file, "utf8"));

/** Node types by `name@version`, as the API gives them. */
export const types = new Map(engine.types.map((type) => [type.use, type]));
