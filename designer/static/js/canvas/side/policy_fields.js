// What happens when a node's work fails, as fields of a form.
import { say } from "../../texts.js";

/** A field that asks for nothing in particular. */
export const plainField = { help: "", required: false, default: undefined, nullable: false, choices: null, min: null, max: null, maxLength: null, format: null, pattern: null };

/**
 * Only what the check takes, and what is set although it does not, so that it can be taken away.
 * @param {{kind: string, policies: string[]}} type @param {string[]} [set] @returns {object[]} as `fieldsOf` gives them
 */
export function policyFields(type, set = []) {
  const offered = type.kind === "trigger" ? ofTrigger() : [timeout(), retry(), onError()];
  return offered.filter(({ name }) => type.policies.includes(name) || set.includes(name));
}

const ofTrigger = () => [
  waiting("while_parked", say("While an order is parked"), "hold"),
  waiting("while_waiting", say("While an order waits"), "pass"),
  priority(), deadline(), standsStill(),
];

const waiting = (name, title, usual) => ({
  ...plainField, name, kind: "choice", title, default: usual,
  help: say("What becomes of later events of the same order. Cancellations and refunds always pass."),
  choices: [{ value: "hold", label: say("Later events wait") }, { value: "pass", label: say("Later events pass") }],
});

const priority = () => ({
  ...plainField, name: "priority", kind: "expression", title: say("Priority"),
  help: say("Which orders go first when not all can be at work: high, normal or low, or an expression that gives one of these words. Nobody waits for ever."),
});

const deadline = () => ({ ...plainField, name: "deadline", kind: "duration", title: say("Deadline of a run"), help: say("Such as 2h or 1d. A run that has not ended by then becomes an incident, and goes on.") });

const standsStill = () => ({ ...plainField, name: "stands_still", kind: "duration", title: say("Stands still after"), help: say("Such as 30m or 6h. A run that has not moved for so long without an error becomes an incident. Empty: as set for the service.") });

const timeout = () => ({ ...plainField, name: "timeout", kind: "duration", title: say("Longest time of a call"), help: say("Such as 30s or 2m, at most 10m."), default: "30s" });

const retry = () => ({
  ...plainField, name: "retry", kind: "object", title: say("Repeating"),
  help: say("Network failures and answers 408, 429 and 5xx are repeated, always with the same key."),
  fields: [
    { ...plainField, name: "attempts", kind: "integer", title: say("Attempts"), default: 5, min: 1, max: 100 },
    { ...plainField, name: "backoff", kind: "duration", title: say("First pause"), default: "200ms" },
    { ...plainField, name: "factor", kind: "number", title: say("Each pause longer by"), default: 2, min: 1, max: 10 },
    { ...plainField, name: "max", kind: "duration", title: say("Longest pause"), default: "30s" },
  ],
});

const onError = () => ({
  ...plainField, name: "on_error", kind: "choice", title: say("What becomes of an item that fails"),
  choices: [
    { value: "park", label: say("Park it for a person to decide") },
    { value: "route", label: say("Send it out by the error port") },
    { value: "stop", label: say("Stop the run: no further step") },
  ],
});
