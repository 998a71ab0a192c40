"""Many modules as one: each becomes a function that runs after those whose things it takes, and hands on what it exports.

Modules that need each other share one function, as they would see each other's names anyway. Vendored modules stay imports.
Knows the forms that our own modules use, at the start of a line; any other is ``Unjoinable``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from designer.joining import Unjoinable, modules, resolved

Address = Callable[[str], str]
_Passed = Mapping[str, Mapping[str, tuple[str, str]]]
_IMPORT: Final = re.compile(r'^import (?:(?:(\w+)|\* as (\w+)|\{([^}]*)\}) from )?"([^"]+)";?$', re.MULTILINE)
_PASSED_ON: Final = re.compile(r'^export \{([^}]*)\} from "([^"]+)";?$', re.MULTILINE)
_LISTED: Final = re.compile(r"^export \{([^}]*)\};?$", re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?function\b|class\b|const\b)", re.MULTILINE)
_DECLARED: Final = re.compile(r"^(export )?(?:(?:async )?function\*? (\w+)|(?:class|const|let) (\w+)|const \{([^}]*)\} =)", re.MULTILINE)
_LAZY: Final = re.compile(r'\bimport\("(\.{1,2}/[^"]+)"\)')
_REMARK: Final = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*(?:(?!\*/).)*\*/[ \t]*)\n", re.MULTILINE | re.DOTALL)
_UNKNOWN: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class _Taken(NamedTuple):
    """One name that a module takes: from which module, its name there (empty: the whole module), and its name here."""

    module: str
    name: str
    here: str


@dataclass(frozen=True, slots=True)
class _Source:
    """A module as read: what it takes, what it exports (by the name outside, the name inside), what it declares, and its body."""

    name: str
    taken: Sequence[_Taken]
    given: Mapping[str, str]
    declared: frozenset[str]
    body: str


def joined_script(entry: str, root: Path, address: Address) -> str:
    """The modules of ``entry`` as one; ``address`` gives the address of a file below ``root``. Raises ``Unjoinable``."""
    texts = {name: "" if _is_vendored(name) else _REMARK.sub("", (root / name).read_text("utf-8")) for name in modules(entry, root)}
    passed = {name: _passed_on(text, name) for name, text in texts.items()}
    sources = {name: _read(name, text, passed, address) for name, text in texts.items()}
    groups = _groups(sources)
    homes = {name: f"$${place}" for place, group in enumerate(groups) for name in group}
    vendored = [f'import * as {homes[name]} from "{address(name)}";' for name in homes if _is_vendored(name)]
    own = [_joined([sources[name] for name in group], homes, entry) for group in groups if not _is_vendored(group[0])]
    return "\n".join([*vendored, *own]) + "\n"


def _passed_on(text: str, name: str) -> dict[str, tuple[str, str]]:
    """What a module only hands on, by the name outside: the module that has it, and its name there."""
    found = ((resolved(name, match[2]), pair) for match in _PASSED_ON.finditer(text) for pair in _pairs(match[1]))
    return {outer: (module, inner) for module, (inner, outer) in found}


def _read(name: str, text: str, passed: _Passed, address: Address) -> _Source:
    taken = [one for match in _IMPORT.finditer(text) for one in _taken(match, resolved(name, match[4]), passed)]
    text = _PASSED_ON.sub("", _IMPORT.sub("", text))
    given = {outer: inner for match in _LISTED.finditer(text) for inner, outer in _pairs(match[1])}
    given |= {one: one for match in _DECLARED.finditer(text) if match[1] for one in _names(match)}
    declared = frozenset(one for match in _DECLARED.finditer(text) for one in _names(match))
    body = _EXPORT.sub("", _LISTED.sub("", text)).strip("\n")
    body = _LAZY.sub(lambda match: f'import("{_lazy(name, resolved(name, match[1]), address)}")', body)
    if unknown := _UNKNOWN.search(body):
        raise Unjoinable(f"{name}: {unknown[0]}")
    return _Source(name, taken, given, declared, body.replace("import.meta.url", f'(location.origin + "{address(name)}")'))


def _taken(match: re.Match[str], module: str, passed: _Passed) -> list[_Taken]:
    """A module that is imported for its effect alone, or as a whole, gives one nameless thing."""
    if match[3] is not None:
        return [_Taken(*_origin(module, inner, passed), here) for inner, here in _pairs(match[3])]
    if match[2] and passed[module]:
        raise Unjoinable(f"{module} hands on what others have, and is taken as a whole")
    return [_Taken(module, "default" if match[1] else "", match[1] or match[2] or "")]


def _origin(module: str, name: str, passed: _Passed) -> tuple[str, str]:
    return _origin(*passed[module][name], passed) if name in passed[module] else (module, name)


def _lazy(name: str, wanted: str, address: Address) -> str:
    """Only what shares no module with the joined ones may come later: everything else would exist twice."""
    if not _is_vendored(wanted):
        raise Unjoinable(f"{name}: {wanted} is imported lazily and is not vendored")
    return address(wanted)


def _groups(sources: Mapping[str, _Source]) -> list[list[str]]:
    """Modules that need each other together, each group after those that it needs; the entry, needed by none, comes last."""
    needs = {name: dict.fromkeys(taken.module for taken in source.taken) for name, source in sources.items()}
    reached = {name: _reached(name, needs) for name in sources}
    groups: list[list[str]] = []
    done: set[str] = set()

    def visit(name: str) -> None:
        if name not in done:
            group = [other for other in sources if other == name or (other in reached[name] and name in reached[other])]
            done.update(group)
            for other in (needed for member in group for needed in needs[member]):
                visit(other)
            groups.append(group)

    for name in sources:
        visit(name)
    return groups


def _reached(name: str, needs: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    open_ones = [name]
    while open_ones:
        for other in needs[open_ones.pop()]:
            if other not in found:
                found.add(other)
                open_ones.append(other)
    return found


def _joined(group: Sequence[_Source], homes: Mapping[str, str], entry: str) -> str:
    """The entry is not wrapped: it may wait at its top level, and gives nothing away."""
    constants = _constants(group, homes)
    times = Counter([*constants, *(name for source in group for name in source.declared)])
    if len(group) > 1 and (twice := sorted(name for name, count in times.items() if count > 1)):
        raise Unjoinable(f"{', '.join(source.name for source in group)} need each other, and more than one has {', '.join(twice)}")
    text = "\n".join([*(f"const {here} = {there};" for here, there in constants.items()), *(source.body for source in group)])
    if group[0].name == entry:
        return text
    given = {outer: inner for source in group for outer, inner in source.given.items()}
    handed = ", ".join(outer if outer == inner else f"{outer}: {inner}" for outer, inner in given.items())
    return f"const {homes[group[0].name]} = (() => {{\n{text}\nreturn {{ {handed} }};\n}})();"


def _constants(group: Sequence[_Source], homes: Mapping[str, str]) -> dict[str, str]:
    """What the group takes from outside, by the name in it."""
    inside = {source.name: source for source in group}
    constants: dict[str, str] = {}
    for source in group:
        for module, name, here in source.taken:
            there = f"{homes[module]}.{name}" if name else homes[module]
            if (module in inside and inside[module].given.get(name) != here) or constants.get(here, there) != there:
                raise Unjoinable(f"{source.name} takes {name} of {module} under a name that has another meaning beside it")
            if module not in inside and here:
                constants[here] = there
    return constants


def _names(match: re.Match[str]) -> list[str]:
    """The names that a declaration makes."""
    name = match[2] or match[3]
    return [name] if name else [here for _, here in _pairs(match[4].replace(":", " as "))]


def _pairs(names: str) -> list[tuple[str, str]]:
    """``a, b as c`` as (name inside, name outside)."""
    parts = [part.split() for part in names.split(",") if part.strip()]
    return [(part[0], part[-1]) for part in parts]


def _is_vendored(name: str) -> bool:
    return name.startswith("vendor/")
