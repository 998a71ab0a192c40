// A button that puts the text of another element on the clipboard and says so.

/**
 * Makes the buttons of a page work; without a clipboard they stay hidden.
 * @param {ParentNode} root
 */
export function letCopy(root) {
  for (const button of root.querySelectorAll("[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
      const status = button.parentElement.querySelector("[data-copied]");
      status.textContent = status.dataset.copied;
      status.classList.remove("unseen");
    });
  }
}

if (globalThis.navigator?.clipboard && globalThis.document) letCopy(document);
