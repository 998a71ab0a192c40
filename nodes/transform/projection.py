"""A part of an item: only the fields at some paths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from engine.sdk import Item

Tree = dict[str, "Tree"]
"""Names by level; an empty tree stands for all that lies below."""


def tree_of(paths: Iterable[str]) -> Tree:
    """Paths such as ``a.b`` and ``lines[].qty`` as one tree. A path covers longer ones that begin with it."""
    tree: Tree = {}
    for path in sorted(paths, key=len):
        _grow(tree, [name.removesuffix("[]") for name in path.split(".")])
    return tree


def project(item: Item, tree: Tree) -> Item:
    """A copy of the item that holds nothing but what the tree names, in the order of the item."""
    return {name: _part(value, tree[name]) for name, value in item.items() if name in tree and _fits(value, tree[name])}


def _grow(tree: Tree, names: list[str]) -> None:
    for position, name in enumerate(names):
        known = name in tree
        inner = tree.setdefault(name, {})
        if known and not inner:
            return
        if position == len(names) - 1:
            inner.clear()
        tree = inner


def _fits(value: Any, tree: Tree) -> bool:
    return not tree or isinstance(value, (dict, list))


def _part(value: Any, tree: Tree) -> Any:
    if not tree:
        return value
    if isinstance(value, list):
        return [_part(part, tree) for part in cast("list[Any]", value) if _fits(part, tree)]
    return project(cast("Item", value), tree)
