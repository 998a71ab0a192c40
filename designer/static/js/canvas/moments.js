// Times as all pages show them: in the reader's own time zone, the largest part first.
const two = (number) => String(number).padStart(2, "0");

/** @param {string} iso @returns {string} such as "2026-01-05 08:00:00" */
export function moment(iso) {
  const at = new Date(iso);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(iso)}`;
}

/** @param {string} iso @returns {string} such as "08:00:00" */
export function clock(iso) {
  const at = new Date(iso);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
}
