"""Field paths such as ``receiver.phone`` and ``lines[].sku_code``."""

from __future__ import annotations

import re
from typing import Any, Final

from engine.node.items import Item

PATTERN: Final = r"^[^\s.\[\]]+(\[\])?(\.[^\s.\[\]]+(\[\])?)*$"
PLAIN_PATTERN: Final = r"^[^\s.\[\]]+(\.[^\s.\[\]]+)*$"
MISSING: Final = object()
_valid = re.compile(PATTERN)


def is_path(text: str) -> bool:
    return _valid.match(text) is not None


def get(item: Item, path: str, default: Any = MISSING) -> Any:
    """The value at a path without ``[]``; ``default`` (or ``KeyError``) where it is absent."""
    value: Any = item
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            if default is MISSING:
                raise KeyError(path)
            return default
        value = value[name]  # pyright: ignore[reportUnknownVariableType]
    return value  # pyright: ignore[reportUnknownVariableType]


def put(item: Item, path: str, value: Any) -> Item:
    """A copy of the item with the value at a path; objects on the way are made where they are absent.

    Raises ``TypeError`` where something that is no object lies on the way.
    """
    name, _, rest = path.partition(".")
    if not rest:
        return {**item, name: value}
    inner = item.get(name)
    if inner is not None and not isinstance(inner, dict):
        raise TypeError(path)
    return {**item, name: put(inner or {}, rest, value)}  # pyright: ignore[reportUnknownArgumentType]


def drop(item: Item, path: str) -> Item:
    """A copy of the item without the value at a path; ``[]`` reaches into every element of a list."""
    return change(item, path, _missing)


def _missing(value: object) -> object:  # noqa: ARG001 - whatever was there
    return MISSING


def change(item: Item, path: str, how: Any) -> Item:
    """A copy in which ``how`` was applied to every value at a path (``MISSING`` removes it); absent ones stay absent."""
    name, _, rest = path.partition(".")
    is_list = name.endswith("[]")
    name = name.removesuffix("[]")
    if name not in item:
        return item
    value = item[name]
    if is_list:
        if not isinstance(value, list):
            return item
        parts = [_change_value(part, rest, how) for part in value]  # pyright: ignore[reportUnknownVariableType]
        return {**item, name: [part for part in parts if part is not MISSING]}
    return _with(item, name, _change_value(value, rest, how))


def _change_value(value: Any, rest: str, how: Any) -> Any:
    if not rest:
        return how(value)
    return change(value, rest, how) if isinstance(value, dict) else value  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _with(item: Item, name: str, value: Any) -> Item:
    if value is MISSING:
        return {key: other for key, other in item.items() if key != name}
    return {**item, name: value}
