// Numbers as people read them.
import { say } from "../texts.js";

const WHOLE = new Intl.NumberFormat(globalThis.document?.documentElement.lang || "en");

/** 12345 → "12,345" */
export const whole = (value) => WHOLE.format(value);

/** 0.0042 → "4 µs", 0.4 → "0.4 ms", 12.3 → "12 ms", 2100 → "2.1 s" */
export function milliseconds(ms) {
  if (ms < 0.1) return say("{n} µs", { n: Math.max(1, Math.round(ms * 1000)) });
  return ms < 1000 ? say("{n} ms", { n: ms < 10 ? ms.toFixed(1) : Math.round(ms) }) : say("{n} s", { n: (ms / 1000).toFixed(1) });
}
