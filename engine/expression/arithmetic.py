"""``+ - * / %`` and negation: strict types, checked 64-bit integers, IEEE doubles, exact money.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#overflow and #list-of-standard-definitions
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from engine.expression import money_value as money
from engine.expression.cost import MOST_CHARACTERS, MOST_ELEMENTS, too_costly
from engine.expression.errors import OperationError, no_overload
from engine.expression.kinds import BYTES, DOUBLE, DURATION, INT, LIST, MONEY, STRING, TIMESTAMP, kind, python_types
from engine.expression.literals import INT_MAX, INT_MIN
from engine.expression.timestamps import Duration, Timestamp, from_datetime, from_timedelta

Operator = Callable[[Any, Any], object]


def checked(value: int) -> int:
    """``value`` itself if it fits 64 bits."""
    if INT_MIN <= value <= INT_MAX:
        return value
    raise OperationError("expression.overflow")


def instant(value: Timestamp | datetime) -> Timestamp:
    """A timestamp, also of a ``datetime`` that came as data."""
    return value if isinstance(value, Timestamp) else from_datetime(value)


def length(value: Duration | timedelta) -> Duration:
    """A duration, also of a ``timedelta`` that came as data."""
    return value if isinstance(value, Duration) else from_timedelta(value)


def negate(value: Any) -> object:
    """``-value``."""
    name = kind(value)
    if name == INT:
        return checked(-checked(value))
    if name == DOUBLE:
        return -float(value)
    if name == MONEY:
        return money.negate(value)
    raise no_overload("-", name)


def _operator(symbol: str, overloads: Mapping[tuple[str, str], Operator]) -> Operator:
    usual: dict[Any, Operator] = {
        pair: overload for (a, b), overload in overloads.items() for pair in product(python_types(a), python_types(b))
    }

    def apply(left: Any, right: Any) -> object:
        overload = usual.get((type(left), type(right))) or overloads.get((kind(left), kind(right)))
        if overload is None:
            raise no_overload(symbol, kind(left), kind(right))
        return overload(left, right)

    return apply


def _quotient(left: int, right: int) -> int:
    _divisible(left, right)
    quotient = abs(left) // abs(right)
    return checked(quotient if (left < 0) == (right < 0) else -quotient)


def _remainder(left: int, right: int) -> int:
    _divisible(left, right)
    remainder = abs(left) % abs(right)
    return -remainder if left < 0 else remainder


def _divisible(left: int, right: int) -> None:
    checked(left)
    if checked(right) == 0:
        raise OperationError("expression.divide_by_zero")


def _double_quotient(left: float, right: float) -> float:
    if right:
        return left / right
    if left == 0 or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _moved(time: Any, by: Any, sign: int = 1) -> Timestamp:
    return Timestamp(instant(time).nanoseconds + sign * length(by).nanoseconds)


add = _operator(
    "+",
    {
        (INT, INT): lambda a, b: checked(checked(a) + checked(b)),
        (DOUBLE, DOUBLE): lambda a, b: float(a) + float(b),
        (STRING, STRING): lambda a, b: a + b if len(a) + len(b) <= MOST_CHARACTERS else too_costly(),
        (BYTES, BYTES): lambda a, b: a + b if len(a) + len(b) <= MOST_CHARACTERS else too_costly(),
        (LIST, LIST): lambda a, b: a + b if len(a) + len(b) <= MOST_ELEMENTS else too_costly(),
        (MONEY, MONEY): money.add,
        (MONEY, INT): money.add,
        (INT, MONEY): money.add,
        (TIMESTAMP, DURATION): _moved,
        (DURATION, TIMESTAMP): lambda a, b: _moved(b, a),
        (DURATION, DURATION): lambda a, b: Duration(length(a).nanoseconds + length(b).nanoseconds),
    },
)
subtract = _operator(
    "-",
    {
        (INT, INT): lambda a, b: checked(checked(a) - checked(b)),
        (DOUBLE, DOUBLE): lambda a, b: float(a) - float(b),
        (MONEY, MONEY): money.subtract,
        (MONEY, INT): money.subtract,
        (INT, MONEY): money.subtract,
        (TIMESTAMP, DURATION): lambda a, b: _moved(a, b, -1),
        (TIMESTAMP, TIMESTAMP): lambda a, b: Duration(instant(a).nanoseconds - instant(b).nanoseconds),
        (DURATION, DURATION): lambda a, b: Duration(length(a).nanoseconds - length(b).nanoseconds),
    },
)
multiply = _operator(
    "*",
    {
        (INT, INT): lambda a, b: checked(checked(a) * checked(b)),
        (DOUBLE, DOUBLE): lambda a, b: float(a) * float(b),
        (MONEY, INT): money.multiply,
        (INT, MONEY): money.multiply,
    },
)
divide = _operator(
    "/",
    {(INT, INT): _quotient, (DOUBLE, DOUBLE): lambda a, b: _double_quotient(float(a), float(b))},
)
modulo = _operator("%", {(INT, INT): _remainder})
