// A value that changes, and those who want to know.

/**
 * @template T
 * @param {T} initial
 */
export function createStore(initial) {
  let state = initial;
  const listeners = new Set();
  return {
    get: () => state,
    /** Replaces the named parts. @param {Partial<T>} parts */
    set(parts) {
      const before = state;
      if (Object.keys(parts).every((name) => Object.is(before[name], parts[name]))) return;
      state = { ...before, ...parts };
      for (const listener of [...listeners]) listener(state, before);
    },
    /** @param {(now: T, before: T) => void} listener @returns {() => void} ends it */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
