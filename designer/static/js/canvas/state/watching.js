// Follows the running flow by server-sent events: counts for the boxes, and the ETag of the draft that others may save.

/** @returns {() => void} ends it */
export function keepWatching(editor) {
  const { flow } = editor.get();
  const source = new EventSource(`/api/flows/${flow}/live`);
  source.addEventListener("counts", (event) => take(editor, JSON.parse(event.data)));
  return () => source.close();
}

function take(editor, counts) {
  const before = editor.get().live?.nodes ?? {};
  const nodes = Object.fromEntries(Object.entries(counts.nodes).map(([slug, one]) => [slug, same(before[slug], one) ? before[slug] : one]));
  editor.set({ live: { ...counts, nodes } });
}

const same = (left, right) => left !== undefined && JSON.stringify(left) === JSON.stringify(right);
