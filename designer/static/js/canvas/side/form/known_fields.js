// The fields that may reach a node, as the last check found them.
import { own } from "../../../graph/own.js";
import { usePicked } from "../../context.js";

const NONE = [];

/** @param {string|null} slug @returns {{path: string, class: string, kind?: string, choices?: string[]}[]} */
export const useKnownFields = (slug) => usePicked((state) => own(state.fields, slug) ?? NONE);
