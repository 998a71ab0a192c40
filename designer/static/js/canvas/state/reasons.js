// Why the server did not do what it was asked, in the reader's words.
import { say } from "../../texts.js";

/** @param {{status?: number, problems?: object[], message: string}} error @returns {{what: string, do?: string}[]} never empty */
export function reasons(error) {
  if (error.status === 401) return [{ what: say("The sign-in is over."), do: say("Open the address with the key again in another tab, then go on here: unsaved changes stay.") }];
  if (error.problems?.length) return error.problems;
  if (error.status === 0) return [{ what: say("The server does not answer."), do: say("Try again in a moment.") }];
  return [{ what: error.status ? error.message : say("The answer of the server could not be read."), do: say("Try again in a moment.") }];
}

/** The same as one text. */
export const reasonText = (error) => reasons(error).slice(0, 1).map((one) => [one.what, one.do].filter(Boolean).join(" ")).join("");
