// An icon of the sprite.
import { html } from "./react.js";

const sprite = new URL("../../vendor/icons.svg", import.meta.url).pathname;

/** @param {{name: string, size?: number}} props */
export const Icon = ({ name, size = 18 }) =>
  html`<svg className="icon" style=${{ inlineSize: size, blockSize: size }} aria-hidden="true"><use href=${`${sprite}#${name}`}></use></svg>`;
