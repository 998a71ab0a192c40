// Follows the running flow by server-sent events: counts for the boxes, what passes the taps, and the ETag of the draft that others may save.
import { own } from "../../graph/own.js";
import { tell, withdraw } from "./notices.js";
import { reasonText } from "./reasons.js";
import { request } from "./server.js";

const MOST_TAPPED = 50;
const [SHORTEST, LONGEST] = [2000, 30_000];

/** The browser takes up a broken stream by itself; one that was refused is asked for again here, with growing pauses. @returns {() => void} ends it */
export function keepWatching(editor) {
  let source;
  let timer;
  let pause = SHORTEST;
  const open = () => {
    source = new EventSource(`/api/flows/${editor.get().flow}/live`);
    source.addEventListener("open", follow);
    source.addEventListener("counts", (event) => take(editor, JSON.parse(event.data)));
    source.addEventListener("tapped", (event) => takeTapped(editor, JSON.parse(event.data)));
    source.addEventListener("error", lose);
  };
  const follow = () => {
    pause = SHORTEST;
    editor.set({ connected: true });
    withdraw(editor, "sign-in");
  };
  const lose = () => {
    editor.set({ connected: false });
    if (source.readyState !== EventSource.CLOSED) return;
    timer = setTimeout(open, pause);
    pause = Math.min(pause * 2, LONGEST);
    tellWhy(editor);
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/** A stream does not say why it was refused; a small question does. */
async function tellWhy(editor) {
  try {
    await request("GET", `/api/flows/${editor.get().flow}/versions`);
  } catch (error) {
    const told = editor.get().notices.some(({ about }) => about === "sign-in");
    if (error.status === 401 && !told) tell(editor, "err", reasonText(error), [], "sign-in");
  }
}

function take(editor, counts) {
  const before = editor.get().live?.nodes ?? {};
  const nodes = Object.fromEntries(Object.entries(counts.nodes).map(([slug, one]) => [slug, same(own(before, slug), one) ? before[slug] : one]));
  editor.set({ live: { ...counts, nodes } });
}

/** A stream that was taken up again tells what is kept once more. */
function takeTapped(editor, one) {
  const { tapped } = editor.get();
  const before = own(tapped, one.node) ?? [];
  if (before.some(({ run, key }) => run === one.run && key === one.key)) return;
  editor.set({ tapped: { ...tapped, [one.node]: [one, ...before].slice(0, MOST_TAPPED) } });
}

const same = (left, right) => left !== undefined && JSON.stringify(left) === JSON.stringify(right);
