// Times as people read them: in the reader's own time zone.
const language = globalThis.document?.documentElement.lang || "en";
const FULL = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
const CLOCK = new Intl.DateTimeFormat(language, { timeStyle: "medium" });

/** @param {string} iso */
export const moment = (iso) => FULL.format(new Date(iso));

/** @param {string} iso */
export const clock = (iso) => CLOCK.format(new Date(iso));
