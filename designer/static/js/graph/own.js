// What stands under a key of an object that came as JSON, and never what every object has, such as `constructor`.

/** @param {unknown} object @param {string} key @returns {any} undefined: nothing */
export const own = (object, key) => (object !== null && object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined);
