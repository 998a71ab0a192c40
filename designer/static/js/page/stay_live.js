// Keeps live zones live. Only an event stream may renew one: any other answer is left out, the reader is told, and the zone asks again.

const SOONEST = 500;
const LATEST = 30_000;

/**
 * Milliseconds to wait before asking again.
 * @param {number} failures how often it failed in a row, from 1 on
 * @param {number} chance from 0 to 1, so that many readers do not come back at once
 */
export function delayBefore(failures, chance = Math.random()) {
  return Math.min(SOONEST * 2 ** (failures - 1), LATEST) * (0.7 + 0.6 * chance);
}

const isStream = (response) => response.ok && response.headers.get("Content-Type")?.includes("text/event-stream");

function keep(zone) {
  const notice = document.getElementById(zone.dataset.notice);
  let failures = 0;
  const tell = (lost) => {
    if (notice) notice.hidden = !lost;
  };
  const askAgain = () => {
    tell(true);
    failures += 1;
    setTimeout(() => zone.isConnected && globalThis.htmx.trigger(zone, "again"), delayBefore(failures));
  };
  zone.addEventListener("htmx:before:response", (event) => {
    if (event.target !== zone || isStream(event.detail.ctx.response.raw)) return;
    event.preventDefault();
    askAgain();
  });
  zone.addEventListener("htmx:error", (event) => event.target === zone && askAgain());
  zone.addEventListener("htmx:sse:error", () => tell(true));
  zone.addEventListener("htmx:sse:after:connection", () => {
    failures = 0;
    tell(false);
  });
}

if (globalThis.document) for (const zone of document.querySelectorAll("[hx-sse\\:connect]")) keep(zone);
