// Talks to the server. Every refusal becomes a `Refused` with the problems that the server names.
import { readJson, writeJson } from "../../graph/json.js";

export class Refused extends Error {
  /** @param {number} status 0: the server did not answer. @param {object[]} problems */
  constructor(status, problems) {
    super(problems[0]?.what ?? `HTTP ${status}`);
    this.status = status;
    this.problems = problems;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{body?: unknown, headers?: Record<string, string>, text?: string, exact?: boolean, signal?: AbortSignal}} [more] `text` is a body that is written already; `exact` reads numbers losslessly
 * @returns {Promise<{body: any, etag: string|null, text: string}>}
 */
export async function request(method, path, { body, text: written, headers = {}, exact = false, signal } = {}) {
  const sent = written ?? (body === undefined ? undefined : writeJson(body));
  const answer = await reach(path, {
    method,
    headers: { Accept: "application/json", ...(sent === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    body: sent,
    signal,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Refused(answer.status, problemsIn(text));
  const parsed = text ? (exact ? readJson(text) : JSON.parse(text)) : null;
  return { body: parsed, etag: (answer.headers.get("ETag") ?? "").replace(/^W\//, "").replaceAll('"', "") || null, text };
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, []);
  }
}

function problemsIn(text) {
  try {
    const { problems } = JSON.parse(text);
    return Array.isArray(problems) ? problems : [];
  } catch {
    return [];
  }
}
