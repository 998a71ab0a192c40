// The order in which the nodes work.
import { hasNode, slugsIn } from "./document.js";
import { wiresOf } from "./wires.js";

/** @typedef {import("./document.js").Doc} Doc */

/** Slugs in topological order, ties as declared; those on a cycle, and behind one, come last as declared. @param {Doc} doc */
export function orderOf(doc) {
  const slugs = slugsIn(doc);
  const position = new Map(slugs.map((slug, n) => [slug, n]));
  const onward = onwardOf(doc);
  const waiting = new Map(slugs.map((slug) => [slug, 0]));
  for (const targets of onward.values()) for (const target of targets) waiting.set(target, waiting.get(target) + 1);
  const ready = slugs.filter((slug) => waiting.get(slug) === 0).map((slug) => position.get(slug));
  const done = new Set();
  while (ready.length) {
    const slug = slugs[ready.shift()];
    done.add(slug);
    for (const target of onward.get(slug)) {
      waiting.set(target, waiting.get(target) - 1);
      if (waiting.get(target) === 0) insert(ready, position.get(target));
    }
  }
  return [...done, ...slugs.filter((slug) => !done.has(slug))];
}

/** Every node that is reached from a node; the node itself only where it lies on a cycle. @param {Doc} doc @param {string} slug @returns {Set<string>} */
export function behind(doc, slug) {
  const onward = onwardOf(doc);
  const found = new Set();
  const todo = [...(onward.get(slug) ?? [])];
  while (todo.length) {
    const next = todo.pop();
    if (found.has(next)) continue;
    found.add(next);
    todo.push(...onward.get(next));
  }
  return found;
}

/** slug → targets, a target once for each wire that leads to it. @param {Doc} doc @returns {Map<string, string[]>} */
export function onwardOf(doc) {
  const onward = new Map(slugsIn(doc).map((slug) => [slug, []]));
  for (const { source, target } of wiresOf(doc)) {
    if (hasNode(doc, source) && hasNode(doc, target)) onward.get(source).push(target);
  }
  return onward;
}

/** @param {number[]} sorted smallest first @param {number} number */
function insert(sorted, number) {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < number) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, number);
}
