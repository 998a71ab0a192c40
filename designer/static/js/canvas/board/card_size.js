// How large a box is, and where its ports stand, in pixels.
import { FOOT, HEAD, PORT, WIDTH } from "../../graph/size.js";

export { WIDTH };

/** One usual port needs no row of its own. */
export const hasRows = (ports) => ports.length > 1 || (ports.length === 1 && ports[0].name !== "out");

export const heightOf = (ports) => HEAD + (hasRows(ports) ? ports.length * PORT + 6 : 0) + FOOT;

/** Middle of the nth port from the top of the box. */
export const portTop = (ports, n) => (hasRows(ports) ? HEAD + 3 + n * PORT + PORT / 2 : heightOf(ports) / 2);

const HANDLE = 12;

/** Ends of wires as React Flow wants to know them. */
export function handlesOf({ ports, input }) {
  const handle = (type, id, position, middle, top) => ({ type, id, position, x: middle - HANDLE / 2, y: top - HANDLE / 2, width: HANDLE, height: HANDLE });
  const incoming = input ? [handle("target", "in", "left", 0, inputTop(ports))] : [];
  return [...incoming, ...ports.map(({ name }, n) => handle("source", name, "right", WIDTH, portTop(ports, n)))];
}

export const inputTop = (ports) => (hasRows(ports) ? HEAD / 2 : heightOf(ports) / 2);
