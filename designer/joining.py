"""One file out of the many that a page imports, joined when it is asked for: a browser fetches it in one go, and nothing is built.

Styles take the place of their ``@import``; for scripts see ``scripts.py``. What cannot be joined without a change of meaning is
``Unjoinable``: it is delivered file by file.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from posixpath import dirname, normpath
from typing import Final

_FROM: Final = re.compile(r'^(?:import|export)\b[^"\';()]*?"(\.{1,2}/[^"]+)"', re.MULTILINE)
LAZY: Final = re.compile(r'\bimport\("(\.{1,2}/[^"]+)"\)')
_REMARK: Final = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/[ \t]*)\n", re.MULTILINE | re.DOTALL)
_STYLE: Final = re.compile(r'^@import url\("([^"]+)"\)(?: layer\((\w+)\))?;$', re.MULTILINE)
_RELATIVE: Final = re.compile(r'url\((?!"?data:)')


class Unjoinable(ValueError):
    """A form that the joiner does not know; the text says which, and where."""


def imports(name: str, root: Path) -> list[str]:
    """The modules that a module imports before it runs, as paths below ``root``; those of a missing one are none."""
    file = root / name
    found = _FROM.findall(file.read_text("utf-8")) if file.is_file() else []
    return list(dict.fromkeys(resolved(name, specifier) for specifier in found))


def modules(entry: str, root: Path) -> list[str]:
    """The module and all that it imports, in the order in which a browser runs them: ``entry`` comes last."""
    seen: dict[str, None] = {}
    order: list[str] = []

    def visit(name: str) -> None:
        seen[name] = None
        for other in imports(name, root):
            if other not in seen:
                visit(other)
        order.append(name)

    visit(entry)
    return order


def parts(entry: str, root: Path) -> list[str]:
    """The modules of ours that the entry, or one of these, brings later by ``import()``, as paths below ``root``."""
    found: dict[str, None] = {}
    open_ones = [entry]
    while open_ones:
        of_one = [later for name in modules(open_ones.pop(), root) for later in _later(name, root)]
        open_ones.extend(dict.fromkeys(name for name in of_one if name not in found))
        found.update(dict.fromkeys(of_one))
    return list(found)


def _later(name: str, root: Path) -> list[str]:
    file = root / name
    text = without_remarks(file.read_text("utf-8")) if file.is_file() else ""
    wanted = [resolved(name, specifier) for specifier in LAZY.findall(text)]
    return [one for one in wanted if not is_vendored(one)]


def joined_modules(entry: str, root: Path) -> list[str]:
    """The modules of the joined script: those of the entry, and those that more than one of its parts needs; ``entry`` comes last."""
    own = modules(entry, root)
    needed = Counter(name for part in parts(entry, root) for name in modules(part, root) if name not in own)
    return [*own[:-1], *(name for name, times in needed.items() if times > 1), entry]


def without_remarks(text: str) -> str:
    """A script without the comments that fill whole lines."""
    return _REMARK.sub("", text)


def is_vendored(name: str) -> bool:
    return name.startswith("vendor/")


def joined_style(entry: str, root: Path) -> str:
    """A style with its imports in their places. Raises ``Unjoinable`` for relative addresses, which would lead elsewhere."""

    def inserted(match: re.Match[str]) -> str:
        inner = joined_style(resolved(entry, match[1]), root)
        return f"@layer {match[2]} {{\n{inner}}}" if match[2] else inner

    text = _STYLE.sub(inserted, (root / entry).read_text("utf-8"))
    if "@import" in text or _RELATIVE.search(text):
        raise Unjoinable(f"{entry} holds a relative address")
    return text


def resolved(name: str, specifier: str) -> str:
    """What a relative address in the file ``name`` means, as a path from the same root."""
    return normpath(f"{dirname(name)}/{specifier}")
