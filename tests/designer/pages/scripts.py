"""Reads our scripts for words that a person would see: a scan of the text, good enough to notice what was forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPENS = re.compile(r"\bhtml`")
_SHOWN = re.compile(
    r"""[\s<](?:aria-label|aria-description|aria-roledescription|title|placeholder|alt|label)\s*=\s*(?:"([^"]*)"|'([^']*)')"""
)
_SET = re.compile(
    r"""(?:\b(?:aria-label|ariaLabel|title|placeholder|textContent|innerText)["']?\s*[:=]\s*)(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)')"""
)
_OWN_NAMES = {"English", "中文", "Orderloom", "织单", "null"}  # the same in every language
_WORD = re.compile(r"[A-Za-z]{2,}|[\u3400-\u9fff]")
_COMMENT = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|//[^\n]*|/\*.*?\*/""", re.DOTALL)
_CHINESE = re.compile(r"""[^"'`<>\n]*[\u3400-\u9fff][^"'`<>\n]*""")


def bare_words(script: str) -> list[str]:
    """Texts between the tags of ``html`` templates, in attributes and properties that are read out, and Chinese in any literal."""
    bare = _COMMENT.sub(lambda match: match[1] or "", script)
    found = [part for markup in templates(script) for part in (*_between(markup), *_pairs(_SHOWN, markup))]
    found += [*_pairs(_SET, bare), *_CHINESE.findall(bare)]
    return [part for part in dict.fromkeys(part.strip() for part in found) if _WORD.search(part) and part not in _OWN_NAMES]


def templates(script: str) -> Iterator[str]:
    """The markup of each ``html`` template, a blank line for every expression in it; inner templates come as their own."""
    for opening in _OPENS.finditer(script):
        yield _markup(script, opening.end())


def _markup(script: str, at: int) -> str:
    parts: list[str] = []
    while at < len(script) and script[at] != "`":
        if script.startswith("${", at):
            at = _after_expression(script, at + 2)
            parts.append("\0")
        else:
            parts.append(script[at])
            at += 1
    return "".join(parts)


def _after_expression(script: str, at: int) -> int:
    """Past the brace that closes the expression; strings and templates in it may hold braces of their own."""
    depth = 1
    while at < len(script) and depth:
        mark = script[at]
        if mark in "\"'":
            at = _after_string(script, at)
        elif mark == "`":
            at = _after_template(script, at + 1)
        else:
            depth += (mark == "{") - (mark == "}")
            at += 1
    return at


def _after_string(script: str, at: int) -> int:
    quote, at = script[at], at + 1
    while at < len(script) and script[at] != quote:
        at += 2 if script[at] == "\\" else 1
    return at + 1


def _after_template(script: str, at: int) -> int:
    while at < len(script) and script[at] != "`":
        if script.startswith("${", at):
            at = _after_expression(script, at + 2)
        else:
            at += 2 if script[at] == "\\" else 1
    return at + 1


def _between(markup: str) -> list[str]:
    return re.split(r"<[^<>]*>|\0", markup)


def _pairs(pattern: re.Pattern[str], text: str) -> list[str]:
    return [next(group for group in match.groups() if group is not None) for match in pattern.finditer(text)]
