// After a form was sent: the first faulty field gets the focus, or what a test found is scrolled into view.

/**
 * What the reader should see next, if anything.
 * @param {ParentNode} root where to look
 * @returns {HTMLElement | null}
 */
export function nextToSee(root) {
  return root.querySelector('[aria-invalid="true"]') ?? root.querySelector(".verdict, .outcome .problem");
}

function show() {
  const found = nextToSee(document.getElementById("setup") ?? document);
  if (found?.matches("input, select")) found.focus();
  else found?.scrollIntoView({ block: "nearest" });
}

if (globalThis.document) {
  document.addEventListener("htmx:after:swap", show);
  show();
}
