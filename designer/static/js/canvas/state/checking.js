// Asks the server for everything that is wrong with the document, shortly after it changed.
import { documentOf } from "./editor.js";
import { reasons } from "./reasons.js";
import { request } from "./server.js";

const PAUSE = 250;

/** What is wrong with a text that is no document; why that is not known, where the server does not say. @param {string} flow @param {string} text */
export async function problemsOf(flow, text) {
  try {
    const { body } = await request("POST", `/api/flows/${flow}/check`, { text });
    return body.problems;
  } catch (error) {
    return reasons(error);
  }
}


/** @returns {() => void} ends it */
export function keepChecked(editor) {
  let timer = null;
  let running = null;
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(look, wait);
  };
  const look = async () => {
    const doc = documentOf(editor.get());
    running?.abort();
    running = new AbortController();
    try {
      const { body } = await request("POST", `/api/flows/${editor.get().flow}/check`, { body: doc, signal: running.signal });
      editor.set({ problems: body.problems, fields: body.fields, checked: doc });
    } catch (error) {
      if (error.name !== "AbortError") later(3000);
    }
  };
  const end = editor.subscribe((now, before) => {
    if (documentOf(now) !== documentOf(before)) later(PAUSE);
  });
  later(0);
  return () => {
    end();
    clearTimeout(timer);
    running?.abort();
  };
}
