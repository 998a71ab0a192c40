// How large a box is, and where its ports stand, in pixels.
import { FOOT, HEAD, PORT } from "../../graph/size.js";

export { WIDTH } from "../../graph/size.js";

/** One usual port needs no row of its own. */
export const hasRows = (ports) => ports.length > 1 || (ports.length === 1 && ports[0].name !== "out");

export const heightOf = (ports) => HEAD + (hasRows(ports) ? ports.length * PORT + 6 : 0) + FOOT;

/** Middle of the nth port from the top of the box. */
export const portTop = (ports, n) => (hasRows(ports) ? HEAD + 3 + n * PORT + PORT / 2 : heightOf(ports) / 2);

export const inputTop = (ports) => (hasRows(ports) ? HEAD / 2 : heightOf(ports) / 2);
