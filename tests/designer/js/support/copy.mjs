// Reads a document from standard input as the canvas does, and writes it as the canvas does.
import { readFileSync } from "node:fs";
import { readJson, writeJson } from "../../../../designer/static/js/graph/json.js";

process.stdout.write(writeJson(readJson(readFileSync(0, "utf8"))));
