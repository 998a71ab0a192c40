// Numbers as people read them.
const WHOLE = new Intl.NumberFormat(globalThis.document?.documentElement.lang || "en");

/** 12345 → "12,345" */
export const whole = (value) => WHOLE.format(value);

/** 0.0042 → "4 µs", 12.3 → "12 ms", 2100 → "2.1 s" */
export function milliseconds(ms) {
  if (ms < 1) return `${Math.max(1, Math.round(ms * 1000))} µs`;
  return ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
