// Chance that can be repeated: the same seed gives the same numbers.

/** @param {number} seed */
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (number) => Math.floor(next() * number);
  return { below, between: (low, high) => low + below(high - low + 1), oneOf: (list) => list[below(list.length)], some: (list) => list.filter(() => next() < 0.4) };
}
