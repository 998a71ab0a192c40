// How an order is called: its number and the channel that it came from.
import { say } from "../texts.js";
import { own } from "../graph/own.js";
import { orderParts } from "./state/runs_list.js";

const CHANNELS = {
  taobao: () => say("Taobao"), shopify: () => say("Shopify"), own_shop: () => say("Own shop"), jd: () => say("JD"),
  pinduoduo: () => say("Pinduoduo"), woocommerce: () => say("WooCommerce"),
};

/** @param {string} key ordering key @returns {string} */
export function orderName(key) {
  const { channel, number } = orderParts(key);
  const word = own(CHANNELS, channel)?.() ?? channel;
  return number ? `${number} · ${word}` : word || "–";
}

const STATES = {
  queued: [() => say("Queued"), "run"], running: [() => say("Running"), "run"], waiting: [() => say("Waiting"), "warn"], parked: [() => say("Parked"), "err"],
  done: [() => say("Done"), "ok"], failed: [() => say("Failed"), "err"], cancelling: [() => say("Being cancelled"), "run"], cancelled: [() => say("Cancelled"), ""],
};

/** The states that a run can be in. */
export const RUN_STATES = Object.keys(STATES);

/** @param {string} state of a run @returns {{word: string, tone: string}} */
export function runState(state) {
  const [word, tone] = own(STATES, state) ?? [() => state, ""];
  return { word: word(), tone };
}
