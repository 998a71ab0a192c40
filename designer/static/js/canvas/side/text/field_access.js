// How an expression reads a field that is known by its path.
const NAME = /^[A-Za-z_]\w*$/;
const RESERVED = new Set("as break const continue else false for function if import in let loop namespace null package return true var void while".split(" "));

/**
 * `receiver.phone` → `item.receiver.phone`; a name that CEL does not take after a dot stands in brackets: `item["收货人"]`.
 * @param {string} path without `[]`
 * @param {string} [base]
 */
export const reading = (path, base = "item") => namesIn(path).reduce((code, name) => (isPlain(name) ? `${code}.${name}` : `${code}[${JSON.stringify(name)}]`), base);

/**
 * An expression for a path that may lead into lists: `lines[].qty` → `item.lines.map(line, line.qty)`, with `call` and `use` as given.
 * @param {string} path
 * @param {{call: "map"|"exists", use?: (access: string) => string, base?: string}} how `use` says what is done with each value
 */
export function through(path, { call, use = (access) => access, base = "item" }) {
  const cut = path.indexOf("[]");
  if (cut < 0) return use(reading(path, base));
  const list = reading(path.slice(0, cut), base);
  const rest = path.slice(cut + 2).replace(/^\./, "");
  if (!rest && call === "map") return use(list);
  const one = elementName(path.slice(0, cut), base);
  return `${list}.${call}(${one}, ${through(rest, { call, use, base: one })})`;
}

/** Whether a field is there and not null. @param {string} access such as `item.note` */
export function isSet(access) {
  const bracket = /^(.*)\[("(?:[^"\\]|\\.)*")\]$/.exec(access);
  if (bracket) return `${bracket[2]} in ${bracket[1]} && ${access} != null`;
  return access.includes(".") ? `has(${access}) && ${access} != null` : `${access} != null`;
}

const namesIn = (path) => path.split(".").filter(Boolean);
const isPlain = (name) => NAME.test(name) && !RESERVED.has(name);

/** `order_lines` → `order_line`: what one element of a list is called in the expression. */
function elementName(path, base) {
  const name = namesIn(path).at(-1)?.replace(/s$/, "") ?? "";
  return isPlain(name) && !["item", "event", "flow", base].includes(name) ? name : base === "one" ? "another" : "one";
}
