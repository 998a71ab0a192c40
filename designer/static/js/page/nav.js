// Where the navigation is longer than the window, the entry of the page that is open comes into view.

/** @param {HTMLElement} nav */
export function showCurrent(nav) {
  const show = () => nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  nav.addEventListener("toggle", (event) => event.newState === "open" && show());
  if (nav.scrollHeight > nav.clientHeight) show();
}

const found = globalThis.document?.getElementById("nav");
if (found) showCurrent(found);
