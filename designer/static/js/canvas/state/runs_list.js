// The last runs of the flow, renewed while orders come in.
import { request } from "./server.js";
import { reasons } from "./reasons.js";

const HOW_MANY = 20;

/**
 * @param {object} editor
 * @param {string} [state] of the runs; all without it
 * @returns {Promise<{items: object[], problems: object[]}>}
 */
export async function lastRuns(editor, state = "") {
  const asked = new URLSearchParams({ flow: editor.get().flow, limit: String(HOW_MANY), ...(state ? { state } : {}) });
  try {
    const { body } = await request("GET", `/api/runs?${asked}`);
    return { items: body.items, problems: [] };
  } catch (error) {
    return { items: [], problems: reasons(error) };
  }
}

/** Open incidents of one node of the running flow, newest first; of many only the newest. */
export async function openIncidentsAt(editor, slug, { atMost = 20, pages = 5 } = {}) {
  const found = [];
  let cursor = null;
  for (let n = 0; n < pages && found.length < atMost; n++) {
    const asked = new URLSearchParams({ flow: editor.get().flow, state: "open", limit: "200", ...(cursor ? { cursor } : {}) });
    const { body } = await request("GET", `/api/incidents?${asked}`);
    found.push(...body.items.filter((one) => one.step === slug));
    cursor = body.next;
    if (!cursor) break;
  }
  return found.slice(0, atMost);
}

/** Channel and number of an ordering key (parts joined by "|", escaped by percent signs); without a number the key itself. */
export function orderParts(key) {
  const [channel = "", , number = ""] = key.split("|").map((part) => part.replaceAll("%7C", "|").replaceAll("%25", "%"));
  return number && !number.startsWith("?") ? { channel, number } : { channel, number: "" };
}
