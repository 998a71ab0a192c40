"""Many modules as one: each becomes a function that runs after those whose things it takes, and hands on what it exports.

Modules that need each other share one function, as they would see each other's names anyway. Vendored modules stay imports.
What ``import()`` brings later is a *part*: a script of its own, without the modules that the first one has, which it takes from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from posixpath import dirname, relpath
from typing import Final

from designer.joining import Unjoinable, is_vendored, joined_modules, modules, parts
from designer.script_reading import Source, read_all

Address = Callable[[str], str]
JOINED: Final = "joined/"
"""Below it lie joined files, each under the name of its entry."""
_PARTS: Final = ".parts/"


def joined_script(entry: str, root: Path, address: Address) -> str:
    """The modules of ``entry`` as one; ``address`` gives the address of a file below ``root``. Raises ``Unjoinable``.

    It gives what its parts need: each such module as a whole, under its path for a name. As they wait for it, it must not wait for them
    at its top level.
    """
    tree = _Tree(entry, root, address)
    homes = _homes(tree.first, tree.sources, {})
    wanted = sorted({name for part in tree.parts for name in tree.taken_by(part)})
    given = ", ".join(f'{homes[name]} as "{name}"' for name in wanted)
    return _lines([*tree.written(tree.first, homes), f"export {{ {given} }};" if given else ""])


def joined_part(entry: str, part: str, root: Path, address: Address) -> str:
    """What ``entry`` brings later, as a script that lies at ``part_name``. Raises ``Unjoinable``, also where it is no part of it."""
    tree = _Tree(entry, root, address)
    if part not in tree.parts:
        raise Unjoinable(f"{part} is no part of {entry}")
    taken = {name: f"$${number}" for number, name in enumerate(tree.taken_by(part))}
    own = tree.only_in(part)
    homes = _homes(own, tree.sources, taken)
    brought = ", ".join(f'"{name}" as {here}' for name, here in taken.items())
    there = relpath(entry, dirname(part_name(entry, part)))
    given = [f"export {'default' if name == 'default' else f'const {name} ='} {homes[part]}.{name};" for name in tree.sources[part].given]
    return _lines([f'import {{ {brought} }} from "{there}";' if taken else "", *tree.written(own, homes), *given])


def part_name(entry: str, part: str) -> str:
    """Where a part lies, so that the joined ``entry`` is found from there: ``js/main.parts/js/side/panel.js``."""
    return f"{entry.removesuffix('.js')}{_PARTS}{part}"


def named_part(name: str) -> tuple[str, str]:
    """The entry and the part of such a name; no part where it names an entry."""
    entry, parted, part = name.partition(_PARTS)
    return (f"{entry}.js", part) if parted else (name, "")


class _Tree:
    """A script and its parts as read. ``first``: the modules of the joined script, the entry last."""

    def __init__(self, entry: str, root: Path, address: Address) -> None:
        self.entry, self.root, self._address = entry, root, address
        self.first = joined_modules(entry, root)
        self.parts = parts(entry, root)
        later = (name for part in self.parts for name in modules(part, root))
        self.sources = read_all(dict.fromkeys([*self.first, *later]), root, address, self._brought)

    def only_in(self, part: str) -> list[str]:
        """The modules that come with a part."""
        return [name for name in modules(part, self.root) if name not in self.first]

    def taken_by(self, part: str) -> list[str]:
        """The modules of the joined script whose things a part takes."""
        own = self.only_in(part)
        needed = dict.fromkeys(taken.module for name in own for taken in self.sources[name].taken)
        if self.entry in needed:
            raise Unjoinable(f"{part} takes something of {self.entry}, which gives nothing away")
        return [name for name in needed if name not in own]

    def written(self, names: Sequence[str], homes: Mapping[str, str]) -> list[str]:
        """Vendored modules as imports, each group of others as a function."""
        vendored = [f'import * as {homes[name]} from "{self._address(name)}";' for name in names if is_vendored(name)]
        groups = _groups({name: self.sources[name] for name in names})
        own = [_joined([self.sources[name] for name in group], homes, self.entry) for group in groups if not is_vendored(group[0])]
        return [*vendored, *own]

    def _brought(self, name: str, wanted: str) -> str:
        if wanted in self.first and not is_vendored(wanted):
            raise Unjoinable(f"{name}: {wanted} is imported lazily, and is needed at once or by another part")
        return self._address(wanted if is_vendored(wanted) else JOINED + part_name(self.entry, wanted))


def _homes(names: Sequence[str], sources: Mapping[str, Source], elsewhere: Mapping[str, str]) -> dict[str, str]:
    """The name of each module in the script: one for a group, after those that are there already."""
    groups = _groups({name: sources[name] for name in names})
    return {**elsewhere, **{name: f"$${len(elsewhere) + place}" for place, group in enumerate(groups) for name in group}}


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line) + "\n"


def _groups(sources: Mapping[str, Source]) -> list[list[str]]:
    """Modules that need each other together, each group after those that it needs; the entry, needed by none, comes last."""
    needs = {name: dict.fromkeys(taken.module for taken in source.taken if taken.module in sources) for name, source in sources.items()}
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


def _joined(group: Sequence[Source], homes: Mapping[str, str], entry: str) -> str:
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


def _constants(group: Sequence[Source], homes: Mapping[str, str]) -> dict[str, str]:
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
