// A value in a few words, for where it is folded away.
import { isObject } from "../../../graph/document.js";

/** The values of an item, texts first as they are: `{when: "item.qty > 1", title: "many"}` → "many · item.qty > 1". @param {unknown} item */
export function summaryOf(item) {
  if (!isObject(item)) return Array.isArray(item) ? item.map(summaryOf).join(", ") : item === undefined || item === null ? "" : String(item);
  const { title, ...others } = item;
  return [title, ...Object.values(others)].filter((value) => value !== undefined && value !== "").map(short).filter(Boolean).join(" · ");
}

const short = (value) => (isObject(value) ? Object.entries(value).map(([key, one]) => `${key}: ${summaryOf(one)}`).join(", ") : summaryOf(value));
