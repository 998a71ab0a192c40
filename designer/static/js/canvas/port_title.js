// What a port is called.
import { say } from "../texts.js";

/** @param {{name: string, title: string}|undefined} port @param {string} name where the port is not known */
export const portTitle = (port, name) => ((port?.name ?? name) === "error" ? say("On error") : (port?.title ?? name));
