"""What the transform nodes share: values at a path, keys made of several, exact numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final, cast

from engine.sdk import Item, NodeError, canonical_json, get

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def values_at(item: Item, path: str) -> Iterator[Any]:
    """Every value at a path; ``[]`` reaches into each element of a list. What is absent yields nothing."""
    return _below(item, path.split("."))


def key_of(item: Item, paths: Iterable[str]) -> bytes:
    """Equal for items that hold equal values at all the paths; an absent value counts as null."""
    return canonical_json([get(item, path, None) for path in paths])


def exact(value: Any, path: str) -> Decimal:
    """A number, or the text of one such as ``50.00``, without rounding. Raises ``NodeError`` with ``value.not_a_number``."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    raise NodeError("value.not_a_number", path=path, type=type(value).__name__)


def groups(items: Sequence[Item], paths: Sequence[str]) -> Iterator[tuple[int, ...]]:
    """The positions of items with the same key, by group, groups in order of their first item."""
    found: dict[bytes, list[int]] = {}
    for position, item in enumerate(items):
        found.setdefault(key_of(item, paths), []).append(position)
    return (tuple(positions) for positions in found.values())


def _below(value: Any, names: Sequence[str]) -> Iterator[Any]:
    if not names:
        yield value
        return
    name = names[0].removesuffix("[]")
    if not isinstance(value, dict) or name not in value:
        return
    inner: Any = cast("Item", value)[name]
    if not names[0].endswith("[]"):
        yield from _below(inner, names[1:])
    elif isinstance(inner, list):
        for part in cast("list[Any]", inner):
            yield from _below(part, names[1:])
