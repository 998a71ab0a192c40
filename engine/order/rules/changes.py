"""What a rule changes in an order: a place, by its JSON Pointer (RFC 6901), and the value that stands there afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, cast

import msgspec

RuleName = Literal["number", "names", "address", "sku", "money"]


class Change(msgspec.Struct, frozen=True):
    """``rule``: which one asked for it."""

    rule: RuleName
    path: str
    value: Any


def apply_changes(order: Mapping[str, Any], changes: Iterable[Change]) -> dict[str, Any]:
    """The order after all changes; the one that is given stays as it is. What a change leads through is there already."""
    after: Any = dict(order)
    for change in changes:
        after = _with(after, change.path.split("/")[1:], change.value)
    return cast("dict[str, Any]", after)


def value_at(order: Mapping[str, Any], path: str) -> Any:
    """What stands at a pointer; ``None`` where nothing does."""
    found: Any = order
    for name in path.split("/")[1:]:
        if isinstance(found, list):
            found = cast("list[Any]", found)[int(name)]
        else:
            found = cast("dict[str, Any]", found).get(name) if isinstance(found, dict) else None
    return found


def _with(holder: Any, names: list[str], value: Any) -> Any:
    if not names:
        return value
    first, rest = names[0], names[1:]
    if isinstance(holder, list):
        elements = list(cast("list[Any]", holder))
        elements[int(first)] = _with(elements[int(first)], rest, value)
        return elements
    part = dict(cast("dict[str, Any]", holder)) if isinstance(holder, dict) else {}
    part[first] = _with(part.get(first), rest, value)
    return part
