"""The types of the language, and the type of each Python value.

Data of an item holds ``None``, ``bool``, ``int``, ``Decimal`` (a fractional number of JSON: a double here), ``str``,
``list`` and ``dict``; variables may also hold ``float``, ``bytes``, aware ``datetime`` and ``timedelta``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from engine.expression.errors import no_overload
from engine.expression.money_value import MoneyValue
from engine.expression.timestamps import Duration, Timestamp

NULL = "null_type"
BOOL = "bool"
INT = "int"
DOUBLE = "double"
STRING = "string"
BYTES = "bytes"
LIST = "list"
MAP = "map"
TYPE = "type"
MONEY = "money"
TIMESTAMP = "google.protobuf.Timestamp"
DURATION = "google.protobuf.Duration"
NAMES = frozenset({NULL, BOOL, INT, DOUBLE, STRING, BYTES, LIST, MAP, TYPE, MONEY, TIMESTAMP, DURATION})


SCALAR = NAMES - {STRING, BYTES, LIST, MAP}
"""Types whose values are all of about one size."""


@dataclass(frozen=True, slots=True)
class TypeValue:
    """A type as a value, such as ``type(1)`` or the name ``int``."""

    name: str


_KINDS: dict[type, str] = {
    type(None): NULL,
    bool: BOOL,
    int: INT,
    float: DOUBLE,
    MoneyValue: MONEY,
    Decimal: DOUBLE,
    str: STRING,
    bytes: BYTES,
    list: LIST,
    dict: MAP,
    TypeValue: TYPE,
    Timestamp: TIMESTAMP,
    Duration: DURATION,
    datetime: TIMESTAMP,
    timedelta: DURATION,
}


def kind(value: object) -> str:
    """The name of the value's type; raises ``expression.no_such_overload`` for a Python value that has none."""
    return _KINDS.get(type(value)) or _kind_of_subclass(value)


def python_types(name: str) -> tuple[type, ...]:
    """The Python types whose values are of the named type."""
    return tuple(python for python, own in _KINDS.items() if own == name)


def _kind_of_subclass(value: object) -> str:
    for base, name in _KINDS.items():
        if isinstance(value, base):
            return name
    if isinstance(value, Mapping):
        return MAP
    raise no_overload("type", type(value).__name__)
