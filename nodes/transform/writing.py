"""Putting a value into a copy of an item, with a problem that names the place where it cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from engine.sdk import Item, NodeError, get, put

_ABSENT: Final = object()


def put_at(item: Item, path: str, value: Any) -> Item:
    """A copy with the value at the path. Raises ``NodeError`` with ``path.blocked`` where something that is no object lies on the way."""
    try:
        return put(item, path, value)
    except TypeError:
        raise NodeError("path.blocked", path=path) from None


def copied(item: Item, paths: Iterable[str]) -> Item:
    """A new item that holds the fields at the paths, as far as the given one has them."""
    made: Item = {}
    for path in paths:
        value = get(item, path, _ABSENT)
        made = made if value is _ABSENT else put_at(made, path, value)
    return made
