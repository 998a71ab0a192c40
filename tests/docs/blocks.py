"""The code blocks of a Markdown file, and what is to be done with each.

| block | what happens |
| --- | --- |
| ``python`` | it runs, in a folder that all blocks of the document share |
| ``json`` | it is parsed; a flow is checked with ``orderloom check`` |
| ``console``, ``sh`` | each line that begins with ``$ `` is a command and must succeed; the lines below it must occur in its output, where ``…`` stands for anything. ``# exit 2`` at the end of a command asks for another exit code. Without any ``$`` each line is a command |
| ``text`` and others of ``SHOWN`` | nothing |

A comment directly before a block changes that: ``<!-- not run: REASON -->`` (the reason is required), or ``<!-- file: PATH -->``,
which writes the block into the shared folder.
"""  # noqa: E501 - a table

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

RUN: Final = ("python", "json", "console", "sh")
SHOWN: Final = ("text", "toml", "ini", "http", "po", "mermaid", "cel", "html")
_FENCE: Final = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})\s*(?P<language>[\w-]*)")
_MARK: Final = re.compile(r"^\s*<!--\s*(?P<kind>not run|file):\s*(?P<text>.*?)\s*-->\s*$")
_EXIT: Final = re.compile(r"\s+#\s*exit (\d+)$")


@dataclass(frozen=True, slots=True)
class Block:
    """``line`` is that of its fence. ``not_run`` is the reason, ``file`` the path of its comment."""

    document: Path
    line: int
    language: str
    text: str
    not_run: str | None = None
    file: str | None = None

    def __str__(self) -> str:
        return f"{self.document.name}:{self.line}"


@dataclass(frozen=True, slots=True)
class Command:
    text: str
    expected: tuple[str, ...] = ()
    code: int = 0


def blocks_of(document: Path) -> Iterator[Block]:
    """Every fenced block, in order. Raises ``ValueError`` for one that does not end."""
    lines = document.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        opening = _FENCE.match(lines[number])
        if opening is None:
            number += 1
            continue
        end = _end(lines, number, opening["fence"], document)
        marks = dict(_mark(lines[number - 1])) if number else {}
        text = "\n".join(lines[number + 1 : end]) + "\n"
        yield Block(document, number + 1, opening["language"], text, marks.get("not run"), marks.get("file"))
        number = end + 1


def commands_of(text: str) -> Iterator[Command]:
    """The commands of a ``console`` or ``sh`` block, each with the lines that must occur in its output."""
    joined = text.replace("\\\n", "")
    prompted = any(line.startswith("$ ") for line in joined.splitlines())
    found: list[tuple[str, list[str]]] = []
    for line in joined.splitlines():
        if line.startswith("$ ") or (not prompted and line.strip() and not line.startswith("#")):
            found.append((line.removeprefix("$ "), []))
        elif line.strip() and found:
            found[-1][1].append(line.strip())
    for command, expected in found:
        code = _EXIT.search(command)
        yield Command(_EXIT.sub("", command), tuple(expected), int(code[1]) if code else 0)


def occurs(expected: str, output: str) -> bool:
    """Whether a line of the output holds the parts between ``…``, in order."""
    pattern = ".*".join(re.escape(part.strip()) for part in re.split(r"…|\.\.\.", expected))
    return re.search(pattern, output) is not None


def _end(lines: list[str], start: int, fence: str, document: Path) -> int:
    for number in range(start + 1, len(lines)):
        if re.fullmatch(rf" {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}\s*", lines[number]):
            return number
    raise ValueError(f"{document.name}:{start + 1}: the block does not end")


def _mark(line: str) -> Iterator[tuple[str, str]]:
    found = _MARK.match(line)
    if found is not None:
        yield found["kind"], found["text"]
