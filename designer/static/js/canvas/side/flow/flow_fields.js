// What a flow document says beside its nodes and wires, as fields of a form.
import { say } from "../../../texts.js";
import { plainField } from "../policy_fields.js";

/** @returns {object[]} as `fieldsOf` gives them: title, description, constants, keep */
export const flowFields = () => [inLanguages("title"), inLanguages("description"), constants(), keep()];

const inLanguages = (name) => ({ ...plainField, name, kind: "object", title: "", fields: ["en", "zh"].map((language) => ({ ...plainField, name: language, kind: "text", title: "" })) });

const constants = () => ({
  ...plainField, name: "constants", kind: "map", title: say("Constants"),
  help: say("Values that expressions and messages read by their name. A number, true, a list or an object as in JSON; a word as it is; text that looks like a number in quotes: \"500\"."),
  keyed: { ...plainField, name: "", kind: "constant", title: "", default: "" }, key: null,
});

const keep = () => ({
  ...plainField, name: "keep", kind: "object", title: say("How long runs are kept"),
  help: say("What ended is deleted by age and by number, with the data of its order. The published version counts. Both empty: as set for the service."),
  fields: [
    { ...plainField, name: "days", kind: "integer", title: say("Days after their end"), min: 1, max: 3650, help: say("Empty: as many as set for the service.") },
    { ...plainField, name: "runs", kind: "integer", title: say("Number of runs"), min: 1, help: say("Of more than these the oldest go. Empty beside days: as many as there are.") },
  ],
});
