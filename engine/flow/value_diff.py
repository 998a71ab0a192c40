"""What differs between two JSON values, path by path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest
from typing import Any, Final, cast

from engine.json_text import canonical_json


class Absent(Enum):
    """Stands where there is no value, which is not the same as ``null``."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class ValueChange:
    """``path`` such as ``params.rows[2].when``; empty for the value as a whole."""

    path: str
    before: Any
    after: Any


def value_changes(before: Any, after: Any, path: str = "") -> Iterator[ValueChange]:
    """All places where two values differ, as deep inside as can be said; ``1``, ``true`` and ``1.0`` differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _objects(cast("dict[str, Any]", before), cast("dict[str, Any]", after), path)
    elif isinstance(before, list) and isinstance(after, list):
        pairs = zip_longest(cast("list[Any]", before), cast("list[Any]", after), fillvalue=ABSENT)
        for number, (left, right) in enumerate(pairs):
            yield from value_changes(left, right, f"{path}[{number}]")
    elif not same(before, after):
        yield ValueChange(path, before, after)


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same JSON, whatever the order of keys."""
    if left is ABSENT or right is ABSENT:
        return left is right
    return canonical_json(left) == canonical_json(right)


def _objects(before: dict[str, Any], after: dict[str, Any], path: str) -> Iterator[ValueChange]:
    for name in dict.fromkeys((*before, *after)):
        yield from value_changes(before.get(name, ABSENT), after.get(name, ABSENT), f"{path}.{name}" if path else name)
