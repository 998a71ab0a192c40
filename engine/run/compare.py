"""What differs between expected and actual JSON, place by place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.json_text import canonical_json

Match = Literal["exact", "subset"]
ABSENT = "(absent)"


@dataclass(frozen=True, slots=True)
class Difference:
    where: tuple[str, ...]
    expected: Any
    actual: Any


def differences(expected: Any, actual: Any, where: tuple[str, ...] = (), match: Match = "exact") -> list[Difference]:
    """All differences. With ``subset`` an object may hold more than expected; lists have the same length either way."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return _objects(expected, actual, where, match)  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(expected, list) and isinstance(actual, list):
        return _lists(expected, actual, where, match)  # pyright: ignore[reportUnknownArgumentType]
    return [] if canonical_json(expected) == canonical_json(actual) else [Difference(where, expected, actual)]


def _objects(expected: dict[str, Any], actual: dict[str, Any], where: tuple[str, ...], match: Match) -> list[Difference]:
    found: list[Difference] = []
    for name, value in expected.items():
        if name not in actual:
            found.append(Difference((*where, name), value, ABSENT))
        else:
            found += differences(value, actual[name], (*where, name), match)
    if match == "exact":
        found += [Difference((*where, name), ABSENT, value) for name, value in actual.items() if name not in expected]
    return found


def _lists(expected: Sequence[Any], actual: Sequence[Any], where: tuple[str, ...], match: Match) -> list[Difference]:
    if len(expected) != len(actual):
        return [Difference((*where, "length"), len(expected), len(actual))]
    found: list[Difference] = []
    for n, (left, right) in enumerate(zip(expected, actual, strict=True), 1):
        found += differences(left, right, (*where, str(n)), match)
    return found
