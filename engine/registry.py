"""Which node types there are. Built-in nodes and plugins come in through the same entry point, ``orderloom.nodes``."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from engine.errors import NotFound, OrderloomError, Problem
from engine.node.types import NodeType

GROUP = "orderloom.nodes"
ASIDE = "simulator"
"""Modules whose name begins so hold no nodes: they bring a web server, which only ``orderloom simulate`` and tests need."""


class Registry:
    """Node types by ``name@version``; two versions of a node stand side by side."""

    def __init__(self, types: Iterable[NodeType]) -> None:
        self._by_use: dict[str, NodeType] = {}
        problems: list[Problem] = []
        for node_type in types:
            if node_type.use in self._by_use:
                problems.append(
                    Problem("registry.twice", (node_type.use,), {"first": self._by_use[node_type.use].origin, "second": node_type.origin})
                )
            self._by_use.setdefault(node_type.use, node_type)
        if problems:
            raise OrderloomError(problems)

    def __iter__(self) -> Iterator[NodeType]:
        return iter(sorted(self._by_use.values(), key=lambda t: (t.family, t.name, t.version)))

    def __len__(self) -> int:
        return len(self._by_use)

    def find(self, use: str) -> NodeType | None:
        """The node type of ``name@version``; a name alone means its newest version."""
        if "@" in use:
            return self._by_use.get(use)
        versions = self.versions(use)
        return versions[max(versions)] if versions else None

    def get(self, use: str) -> NodeType:
        found = self.find(use)
        if found is None:
            close = get_close_matches(use.partition("@")[0], self.names(), 3, 0.5)
            raise NotFound(Problem("node.unknown", fields={"use": use, "close": close}))
        return found

    def versions(self, name: str) -> Mapping[int, NodeType]:
        return {t.version: t for t in self._by_use.values() if t.name == name}

    def names(self) -> list[str]:
        return sorted({t.name for t in self._by_use.values()})


@cache
def installed() -> Registry:
    """All node types of the installed packages. A package that brings none is an error that says what was loaded instead."""
    found: list[NodeType] = []
    for point in entry_points(group=GROUP):
        found.extend(_load(point))
    return Registry(found)


def _load(point: EntryPoint) -> list[NodeType]:
    root = import_module(point.value)
    types: dict[int, NodeType] = {}
    for module in _modules(root):
        for value in vars(module).values():
            if isinstance(value, NodeType) and value.function.__module__ == module.__name__:
                object.__setattr__(value, "origin", module.__name__)
                types[id(value)] = value
    if not types:
        raise OrderloomError(Problem("registry.no_nodes", (point.name,), {"module": root.__name__, "file": str(root.__file__)}))
    return list(types.values())


def _modules(root: ModuleType) -> Iterator[ModuleType]:
    yield root
    for info in pkgutil.walk_packages(getattr(root, "__path__", []), root.__name__ + "."):
        if not info.name.rpartition(".")[2].startswith(ASIDE):
            yield import_module(info.name)
