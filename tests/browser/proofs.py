"""What must hold on every page, each as a function from a page to its complaints: none is what we want."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from designer.demo.goods import ARTICLES
from engine.catalogue import entries

# Chrome says nothing of a breach to the page's own script unless asked: the event tells where it was.
TELL_BREACHES = """addEventListener("securitypolicyviolation",
  (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));"""
_RULES: dict[str, Any] = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
}
# Of rows that are built alike, axe-core needs two: of a long list it would find the same again and again.
_FEWER = """() => {
  if (document.getElementById("app")) return; // the canvas keeps account of its elements
  const names = (one) => [...one.attributes].map((attribute) => attribute.name);
  const shape = (one) => one.tagName + "." + one.className + "[" + names(one) + "](" + [...one.children].map(shape) + ")";
  const lists = [...document.querySelectorAll("tbody, ul, ol, :has(> details)")].reverse(); // from the inside out
  for (const list of lists) {
    const seen = new Map();
    for (const row of [...list.children]) {
      const look = shape(row), times = seen.get(look) ?? 0;
      seen.set(look, times + 1);
      if (times > 1) row.remove();
    }
  }
}"""
_WIDER = """() => {
  const wide = document.documentElement.scrollWidth, seen = document.documentElement.clientWidth;
  if (wide <= seen) return [];
  const out = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > seen + 1).slice(0, 3);
  return [`${wide} > ${seen} ` + out.map((e) => e.tagName.toLowerCase() + (e.className.baseVal ?? e.className)).join(", ")];
}"""
# What a person reads or hears, without what is data, code or marked as of another language.
_READ = """() => {
  const found = [], foreign = "code, pre, script, style, noscript, kbd, samp, .tree, [translate=no], html [lang]";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest(foreign) && walker.currentNode.data.trim()) found.push(walker.currentNode.data.trim());
  }
  for (const name of ["aria-label", "aria-description", "aria-roledescription", "title", "placeholder", "alt"])
    for (const one of document.querySelectorAll(`[${name}]`)) if (!one.closest(foreign)) found.push(one.getAttribute(name).trim());
  return [document.title, ...found];
}"""
_WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map((e) => [new URL(e.name).pathname, e.encodedBodySize])"""
_BROKEN = """() => {
  const found = new Set(), data = "code, pre, script, .mono, .chip, .tree, .num";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { currentNode: text } = walker;
    if (!text.parentElement.checkVisibility() || text.parentElement.closest(data)) continue;
    for (const word of text.data.matchAll(/[A-Za-z]{2,20}/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) found.add(word[0]);
    }
  }
  return [...found];
}"""
_SENTENCE = re.compile(r"[A-Za-z][a-z]+(?:[,:]? (?:[a-z]{2,}|a|I)\b){2,}")
_FLOW = Path(__file__).parents[2] / "flows" / "order_hub.json"
# What authors wrote as they liked: articles of the demo shop, words of its flow.
_NAMES = frozenset({"Orderloom", *(article.en for article in ARTICLES), *re.findall(r'"((?:[^"\\]|\\.)+)"', _FLOW.read_text("utf-8"))})


def overflow(page: Page) -> list[str]:
    """The page is wider than the window; with up to three elements that stick out."""
    return page.evaluate(_WIDER)


def broken_words(page: Page) -> list[str]:
    """Words, not data, that go on in the next line in the middle."""
    return page.evaluate(_BROKEN)


def barriers(page: Page) -> list[str]:
    """Serious and critical findings of axe-core, one line a rule with its first two elements. Rows that repeat others are taken away."""
    page.evaluate(_FEWER)
    found: list[dict[str, Any]] = Axe().run(page, options=_RULES).response["violations"]
    return [_told(rule) for rule in found if rule["impact"] in ("serious", "critical")]


def untranslated(page: Page, language: str) -> list[str]:
    """Texts that stand in the catalogue for the other language, and on Chinese pages whatever reads like an English sentence."""
    others = _of_the_other_language(language)
    read = dict.fromkeys(" ".join(text.split()) for text in page.evaluate(_READ))
    return [text for text in read if text not in _NAMES and (text in others or (language == "zh" and _SENTENCE.search(_ours(text))))]


def _ours(text: str) -> str:
    """A text without the names that authors gave: a wire is told by those of its ends."""
    for name in sorted(_NAMES, key=len, reverse=True):
        text = text.replace(name, "") if " " in name else text
    return text


def weight(page: Page) -> dict[str, int]:
    """The encoded bytes of each body that the page has loaded so far, by path."""
    sizes: dict[str, int] = {}
    for path, size in page.evaluate(_WEIGHT):
        sizes[path] = sizes.get(path, 0) + size
    return sizes


def too_heavy(page: Page, most: int) -> list[str]:
    """The load exceeds ``most`` bytes; with the heaviest five."""
    sizes = weight(page)
    heavy = sorted(sizes.items(), key=lambda pair: -pair[1])[:5]
    return [f"{sum(sizes.values())} > {most}: {heavy}"] if sum(sizes.values()) > most else []


@cache
def _of_the_other_language(language: str) -> frozenset[str]:
    pairs = [(msgid, said) for (context, msgid), said in entries("zh").items() if context is None and said and said != msgid]
    own, other = {pair[language == "zh"] for pair in pairs}, {pair[language != "zh"] for pair in pairs}
    return frozenset(other - own)


def _told(rule: dict[str, Any]) -> str:
    nodes = [" ".join(map(str, node["target"])) + f" ({_reason(node)})" for node in rule["nodes"][:2]]
    return f"{rule['id']} × {len(rule['nodes'])}: {'; '.join(nodes)}"


def _reason(node: dict[str, Any]) -> str:
    checks = [*node["any"], *node["all"], *node["none"]]
    return str(checks[0]["message"]) if checks else ""
