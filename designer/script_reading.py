"""A module of ours as the joiner reads it: what it takes from others, what it gives, what it declares, and its body.

Knows the forms that our own modules use, at the start of a line; any other is ``Unjoinable``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from designer.joining import LAZY, Unjoinable, is_vendored, resolved, without_remarks

_IMPORT: Final = re.compile(r'^import (?:(?:(\w+)|\* as (\w+)|\{([^}]*)\}) from )?"([^"]+)";?$', re.MULTILINE)
_PASSED_ON: Final = re.compile(r'^export \{([^}]*)\} from "([^"]+)";?$', re.MULTILINE)
_LISTED: Final = re.compile(r"^export \{([^}]*)\};?$", re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?function\b|class\b|const\b)", re.MULTILINE)
_DECLARED: Final = re.compile(r"^(export )?(?:(?:async )?function\*? (\w+)|(?:class|const|let) (\w+)|const \{([^}]*)\} =)", re.MULTILINE)
_UNKNOWN: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_Passed = Mapping[str, Mapping[str, tuple[str, str]]]
Brought = Callable[[str, str], str]
"""From a module and the one that it brings by ``import()`` to the address of that."""


class Taken(NamedTuple):
    """One name that a module takes: from which module, its name there (empty: the whole module), and its name here."""

    module: str
    name: str
    here: str


@dataclass(frozen=True, slots=True)
class Source:
    """A module as read: what it takes, what it exports (by the name outside, the name inside), what it declares, and its body."""

    name: str
    taken: Sequence[Taken]
    given: Mapping[str, str]
    declared: frozenset[str]
    body: str


def read_all(names: Iterable[str], root: Path, address: Callable[[str], str], brought: Brought) -> dict[str, Source]:
    """The modules by their paths below ``root``; of vendored ones nothing is read. ``address`` is that of a file."""
    texts = {name: "" if is_vendored(name) else without_remarks((root / name).read_text("utf-8")) for name in names}
    passed = {name: _passed_on(text, name) for name, text in texts.items()}
    return {name: _read(name, text, passed, address, brought) for name, text in texts.items()}


def _passed_on(text: str, name: str) -> dict[str, tuple[str, str]]:
    """What a module only hands on, by the name outside: the module that has it, and its name there."""
    found = ((resolved(name, match[2]), pair) for match in _PASSED_ON.finditer(text) for pair in _pairs(match[1]))
    return {outer: (module, inner) for module, (inner, outer) in found}


def _read(name: str, text: str, passed: _Passed, address: Callable[[str], str], brought: Brought) -> Source:
    taken = [one for match in _IMPORT.finditer(text) for one in _taken(match, resolved(name, match[4]), passed)]
    text = _PASSED_ON.sub("", _IMPORT.sub("", text))
    given = {outer: inner for match in _LISTED.finditer(text) for inner, outer in _pairs(match[1])}
    given |= {one: one for match in _DECLARED.finditer(text) if match[1] for one in _names(match)}
    declared = frozenset(one for match in _DECLARED.finditer(text) for one in _names(match))
    body = _EXPORT.sub("", _LISTED.sub("", text)).strip("\n")
    body = LAZY.sub(lambda match: f'import("{brought(name, resolved(name, match[1]))}")', body)
    if unknown := _UNKNOWN.search(body):
        raise Unjoinable(f"{name}: {unknown[0]}")
    return Source(name, taken, given, declared, body.replace("import.meta.url", f'(location.origin + "{address(name)}")'))


def _taken(match: re.Match[str], module: str, passed: _Passed) -> list[Taken]:
    """A module that is imported for its effect alone, or as a whole, gives one nameless thing."""
    if match[3] is not None:
        return [Taken(*_origin(module, inner, passed), here) for inner, here in _pairs(match[3])]
    if match[2] and passed[module]:
        raise Unjoinable(f"{module} hands on what others have, and is taken as a whole")
    return [Taken(module, "default" if match[1] else "", match[1] or match[2] or "")]


def _origin(module: str, name: str, passed: _Passed) -> tuple[str, str]:
    return _origin(*passed[module][name], passed) if name in passed[module] else (module, name)


def _names(match: re.Match[str]) -> list[str]:
    """The names that a declaration makes."""
    name = match[2] or match[3]
    return [name] if name else [here for _, here in _pairs(match[4].replace(":", " as "))]


def _pairs(names: str) -> list[tuple[str, str]]:
    """``a, b as c`` as (name inside, name outside)."""
    parts = [part.split() for part in names.split(",") if part.strip()]
    return [(part[0], part[-1]) for part in parts]
