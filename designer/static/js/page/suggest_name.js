// Shows, while a title is typed, the name that the server will make of it if the name is left empty.

/**
 * The same rule as `suggested_name` on the server, without the number of a name that is taken.
 * @param {string} title
 * @returns {string}
 */
export function suggestedName(title) {
  const letters = title.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase();
  const slug = letters.replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+/, "").replace(/_+$/, "");
  return slug.slice(0, 54).replace(/_+$/, "") || "flow";
}

if (globalThis.document) {
  const [title, name] = ["title", "name"].map((id) => document.getElementById(id));
  const suggest = () => {
    name.placeholder = suggestedName(title.value);
  };
  title?.addEventListener("input", suggest);
  if (title) suggest(); // what was typed before this script came
}
