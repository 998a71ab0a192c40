// The focus never falls to the page itself: when what had it is gone or switched off, it goes to the board, or stays in the open dialog.
import { useEffect } from "./react.js";

export function useFocusKept() {
  useEffect(() => {
    let last = null;
    let due = 0;
    const take = ({ target }) => (last = target);
    const look = () => {
      due = 0;
      if (isLost(last)) (document.querySelector("dialog[open]") ?? document.getElementById("stage"))?.focus({ preventScroll: true });
    };
    const changes = new MutationObserver(() => (due ||= requestAnimationFrame(look))); // after those who know better where to go
    changes.observe(document.body, { subtree: true, childList: true, attributeFilter: ["disabled"] });
    addEventListener("focusin", take);
    return () => {
      cancelAnimationFrame(due);
      changes.disconnect();
      removeEventListener("focusin", take);
    };
  }, []);
}

/** What had the focus, lost it to nobody, and could not have it back. */
const isLost = (last) => last !== null && [document.body, last].includes(document.activeElement) && (!last.isConnected || last.disabled === true);
