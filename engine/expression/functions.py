"""The standard functions by name, with the forms that each may be called in, and ``money``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.expression import conversions, strings
from engine.expression.getters import GETTERS
from engine.expression.kinds import BOOL, BYTES, DOUBLE, DURATION, INT, MONEY, STRING, TIMESTAMP, TYPE


@dataclass(frozen=True, slots=True)
class Function:
    """``call`` takes the target (if any) and the arguments; ``result`` is the type it always yields, where there is one.

    ``alone`` and ``on_target`` are the numbers of arguments that ``f(x)`` and ``x.f()`` take, the target not counted.
    """

    call: Callable[..., Any]
    result: str | None
    alone: frozenset[int]
    on_target: frozenset[int]


def _global(call: Callable[..., Any], result: str | None) -> Function:
    return Function(call, result, frozenset({1}), frozenset())


def _method(call: Callable[..., Any], result: str, *arguments: int) -> Function:
    return Function(call, result, frozenset(), frozenset(arguments))


SCANNED = {
    **dict.fromkeys(("matches", "contains", "string", "bytes", "double", "timestamp", "duration"), (0,)),
    **dict.fromkeys(("startsWith", "endsWith"), (1,)),
}
"""Functions whose work grows with an argument, and the position of that (the target of a method is at 0)."""
FUNCTIONS: dict[str, Function] = {
    "int": _global(conversions.to_int, INT),
    "double": _global(conversions.to_double, DOUBLE),
    "string": _global(conversions.to_string, STRING),
    "bytes": _global(conversions.to_bytes, BYTES),
    "bool": _global(conversions.to_bool, BOOL),
    "dyn": _global(conversions.same, None),
    "type": _global(conversions.to_type, TYPE),
    "timestamp": _global(conversions.to_timestamp, TIMESTAMP),
    "duration": _global(conversions.to_duration, DURATION),
    "money": _global(conversions.to_money, MONEY),
    "size": Function(strings.size, INT, frozenset({1}), frozenset({0})),
    "matches": Function(strings.matches, BOOL, frozenset({2}), frozenset({1})),
    "contains": _method(strings.contains, BOOL, 1),
    "startsWith": _method(strings.starts_with, BOOL, 1),
    "endsWith": _method(strings.ends_with, BOOL, 1),
    **{name: _method(getter, INT, 0, 1) for name, getter in GETTERS.items()},
}
