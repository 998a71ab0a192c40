// What can be taken out of a test of the flow so that it no longer hinders.
import { say } from "../../texts.js";
import { testsIn } from "../../graph/document.js";

/**
 * @param {object} doc
 * @param {{code: string, test: string, path: (string|number)[]}} problem
 * @returns {{label: string, doc: object}[]} each with the document as it would be
 */
export function fixesOf(doc, { code, test: name, path }) {
  const tests = testsIn(doc);
  const at = code === "test.twice" ? tests.findLastIndex((test) => test?.name === name) : tests.findIndex((test) => test?.name === name);
  if (at < 0) return [];
  const whole = { label: say("Remove the test"), doc: { ...doc, tests: tests.filter((_, n) => n !== at) } };
  const rest = withoutPart(tests[at], path);
  return rest ? [{ label: path[0] === "expect" ? say("Remove this expectation") : say("Remove this answer"), doc: { ...doc, tests: tests.with(at, rest) } }, whole] : [whole];
}

/** A test without one node's expectation or answers; null where nothing would be left to expect. */
function withoutPart(test, [part, slug]) {
  if ((part !== "expect" && part !== "answers") || !Object.hasOwn(test[part] ?? {}, slug)) return null;
  const { [slug]: _, ...others } = test[part];
  if (Object.keys(others).length) return { ...test, [part]: others };
  if (part === "expect") return null;
  const { answers: __, ...rest } = test;
  return rest;
}
