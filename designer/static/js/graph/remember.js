// What follows from a document is worked out once and kept as long as the document is: documents are never changed in place.

/**
 * @template {object} K, V
 * @param {(key: K, ...more: any[]) => V} make further arguments must be the same objects for the value to be kept
 * @returns {(key: K, ...more: any[]) => V} Do not change what it returns.
 */
export function remember(make) {
  const kept = new WeakMap();
  return (key, ...more) => {
    const known = kept.get(key);
    if (known && known.more.every((one, n) => one === more[n])) return known.value;
    const value = make(key, ...more);
    kept.set(key, { more, value });
    return value;
  };
}
