"""What leaves an expression: plain Python values, and their JSON form."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from typing import Any

from engine.expression.conversions import double_text, to_string
from engine.expression.kinds import BYTES, DOUBLE, DURATION, LIST, MAP, MONEY, TIMESTAMP, TypeValue, kind
from engine.expression.timestamps import Duration, Timestamp, to_datetime, to_timedelta


def plain(value: object) -> object:
    """The value with timestamps as aware UTC ``datetime``, durations as ``timedelta`` and types as their names."""
    convert = _PLAIN.get(type(value))
    return convert(value) if convert else value


def to_json_value(value: object) -> Any:
    """The JSON form: RFC 3339 timestamps with ``Z``, durations such as ``3600s``, base64 bytes, money as a decimal string.

    A ``Decimal`` of the data stays one. Doubles that JSON cannot hold become ``"NaN"``, ``"Infinity"`` and
    ``"-Infinity"``; keys of maps become text.
    """
    if isinstance(value, TypeValue):
        return value.name
    convert = _JSON.get(kind(value))
    return convert(value) if convert else value


def _json_double(value: Any) -> object:
    return value if isinstance(value, Decimal) or isfinite(value) else double_text(value)


def _plain_list(values: list[Any]) -> list[object]:
    return [plain(value) for value in values]


def _plain_map(values: dict[Any, Any]) -> dict[Any, object]:
    return {key: plain(value) for key, value in values.items()}


def _type_name(value: TypeValue) -> str:
    return value.name


_JSON: dict[str, Callable[[Any], object]] = {
    LIST: lambda values: [to_json_value(value) for value in values],
    MAP: lambda values: {to_string(key): to_json_value(value) for key, value in values.items()},
    BYTES: lambda value: b64encode(value).decode("ascii"),
    TIMESTAMP: to_string,
    DURATION: to_string,
    MONEY: to_string,
    DOUBLE: _json_double,
}
_PLAIN: dict[Any, Any] = {
    Timestamp: to_datetime,
    Duration: to_timedelta,
    TypeValue: _type_name,
    list: _plain_list,
    dict: _plain_map,
}
