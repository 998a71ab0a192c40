// What is known about trying the flow before anything was tried.

/** `samples`: null until asked for; `chosen`: key of a sample or "own"; `trigger` and `text`: of own data; `problems`: why the last run was refused. */
export const NO_TRIAL = Object.freeze({ samples: null, chosen: null, trigger: null, text: "", running: false, problems: [] });

/** `results`: null until the tests ran, by position; `document`: what they ran on. */
export const NO_TESTS = Object.freeze({ results: null, document: null, running: false, problems: [] });
