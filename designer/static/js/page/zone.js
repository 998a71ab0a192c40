// Tells the server the reader's time zone, so that pages come with times on the reader's own clock.
// A classic script in the head: the very first page is asked for again before anything of it is painted, and only once.
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  const { zone: shown } = document.documentElement.dataset;
  if (zone === shown) return;
  const cookie = `zone=${encodeURIComponent(zone)}`;
  const known = document.cookie.split("; ").includes(cookie);
  document.cookie = `${cookie}; path=/; max-age=31536000; samesite=lax`;
  const kept = document.cookie.split("; ").includes(cookie);
  if (shown && kept && !known) location.reload();
})();
