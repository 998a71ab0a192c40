"""Conversions between types: ``int double string bytes bool dyn type timestamp duration money``.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#type-conversion-function
"""

from __future__ import annotations

import math
import re
from typing import Any

from engine.expression.arithmetic import checked, instant, length
from engine.expression.errors import OperationError, no_overload
from engine.expression.kinds import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    INT,
    MONEY,
    STRING,
    TIMESTAMP,
    TypeValue,
    kind,
)
from engine.expression.money_value import MoneyValue, money_from_number, read_money
from engine.expression.timestamps import SECOND, Duration, Timestamp, read_duration, read_timestamp

_INT_TEXT = re.compile(r"[+-]?[0-9]{1,40}")
_DOUBLE_TEXT = re.compile(r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|(?i:inf|infinity|nan))")
_BOOL_TEXT = dict.fromkeys(("1", "t", "true", "TRUE", "True"), True) | dict.fromkeys(("0", "f", "false", "FALSE", "False"), False)


def to_int(value: Any) -> int:
    """A whole number; doubles lose their fraction, timestamps are seconds since 1970."""
    name = kind(value)
    if name == INT:
        return checked(value)
    if name == DOUBLE:
        return _truncated(float(value))
    if name == STRING and _INT_TEXT.fullmatch(value):
        return checked(int(value))
    if name == TIMESTAMP:
        return instant(value).nanoseconds // SECOND
    raise _unreadable(INT, name)


def to_double(value: Any) -> float:
    """The nearest double."""
    name = kind(value)
    if name == INT:
        return float(checked(value))
    if name == DOUBLE:
        return float(value)
    if name == STRING and _DOUBLE_TEXT.fullmatch(value):
        return float(value)
    raise _unreadable(DOUBLE, name)


def to_string(value: Any) -> str:
    """Text; bytes must be UTF-8 (``expression.utf8``), money keeps its scale."""
    name = kind(value)
    if name == STRING:
        return value
    if name == BOOL:
        return "true" if value else "false"
    if name == DOUBLE:
        return double_text(float(value))
    if name == BYTES:
        return _decoded(value)
    if name in _PRINTED:
        return str(_PRINTED[name](value))
    raise no_overload(STRING, name)


def to_bytes(value: Any) -> bytes:
    """The UTF-8 form of a string."""
    name = kind(value)
    if name == BYTES:
        return value
    if name != STRING:
        raise no_overload(BYTES, name)
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError:
        raise OperationError("expression.utf8", function=BYTES) from None


def to_bool(value: Any) -> bool:
    """A bool, also from ``"true"``, ``"t"``, ``"1"`` and their opposites."""
    name = kind(value)
    if name == BOOL:
        return value
    if name == STRING and value in _BOOL_TEXT:
        return _BOOL_TEXT[value]
    raise _unreadable(BOOL, name)


def to_timestamp(value: Any) -> Timestamp:
    """A timestamp from RFC 3339 text or from seconds since 1970."""
    name = kind(value)
    if name == TIMESTAMP:
        return instant(value)
    if name == STRING:
        return read_timestamp(value)
    if name == INT:
        return Timestamp(checked(value) * SECOND)
    raise no_overload("timestamp", name)


def to_duration(value: Any) -> Duration:
    """A duration from text such as ``1h30m``."""
    name = kind(value)
    if name == DURATION:
        return length(value)
    if name == STRING:
        return read_duration(value)
    raise no_overload("duration", name)


def to_money(value: Any) -> MoneyValue:
    """Exact money from a decimal string, a whole number, or a fractional number of JSON as it was written."""
    if type(value) is str:
        return read_money(value)
    name = kind(value)
    if name == STRING:
        return read_money(str(value))
    if name == MONEY:
        return value
    if name == INT or (name == DOUBLE and not isinstance(value, float)):
        return money_from_number(value)
    raise no_overload(MONEY, name)


def to_type(value: Any) -> TypeValue:
    """``type(value)``."""
    return TypeValue(kind(value))


def same(value: Any) -> Any:
    """``dyn(value)``: the value itself."""
    return value


def double_text(value: float) -> str:
    """The shortest text that reads back as the same double: ``4500``, ``0.1``, ``1e+16``, ``NaN``, ``-Infinity``."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value).removesuffix(".0")


_PRINTED = {INT: int, TIMESTAMP: instant, DURATION: length, MONEY: MoneyValue}


def _truncated(value: float) -> int:
    # Both ends are out: a double there may stand for an integer beyond 64 bits.
    if -(2.0**63) < value < 2.0**63:
        return int(value)
    raise OperationError("expression.overflow")


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise OperationError("expression.utf8", function=STRING) from None


def _unreadable(function: str, name: str) -> OperationError:
    if name == STRING:
        return OperationError("expression.conversion", function=function)
    return no_overload(function, name)
