"""Equality, order, membership and access: by value across number types, strict everywhere else.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#equality and #ordering
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.expression.arithmetic import instant, length
from engine.expression.errors import OperationError, no_overload
from engine.expression.kinds import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    INT,
    LIST,
    MAP,
    MONEY,
    STRING,
    TIMESTAMP,
    kind,
)
from engine.expression.literals import INT_MAX, INT_MIN

_NUMBERS = frozenset({INT, DOUBLE})
_ORDERED = frozenset({BOOL, STRING, BYTES})
_KEYS = frozenset({BOOL, INT, STRING})
_MISSING = object()


def equal(left: Any, right: Any) -> bool:
    """``left == right``; values of different types differ, but money must not meet a double or text at all."""
    a, b = kind(left), kind(right)
    if a in _NUMBERS and b in _NUMBERS:
        return bool(_number(left, a, b) == _number(right, b, a))
    if MONEY in (a, b):
        return _equal_money(left, right, a, b)
    if a != b:
        return False
    if a == LIST:
        return len(left) == len(right) and all(map(equal, left, right))
    if a == MAP:
        return len(left) == len(right) and all(
            (other := lookup(right, key)) is not _MISSING and equal(value, other) for key, value in left.items()
        )
    return bool(_plain(left, a) == _plain(right, b))


def different(left: Any, right: Any) -> bool:
    """``left != right``."""
    return not equal(left, right)


def contained(element: Any, container: Any) -> bool:
    """``element in container``: an element of a list, a key of a map."""
    name = kind(container)
    if name == LIST:
        return any(equal(element, other) for other in container)
    if name == MAP:
        return lookup(container, element) is not _MISSING
    raise no_overload("in", kind(element), name)


def index(container: Any, key: Any) -> object:
    """``container[key]``; raises ``expression.index`` or ``expression.no_such_key``."""
    name = kind(container)
    if name == LIST:
        return _element(container, key)
    if name == MAP:
        value = lookup(container, key)
        if value is _MISSING:
            raise OperationError("expression.no_such_key", function="[]")
        return value
    raise no_overload("[]", name, kind(key))


def has_field(value: Any, field: str) -> bool:
    """``has(value.field)``."""
    if kind(value) == MAP:
        return field in value
    raise no_overload("has", kind(value))


def range_of(value: Any) -> Iterable[Any]:
    """What a macro goes over: the elements of a list, the keys of a map."""
    if kind(value) in (LIST, MAP):
        return value
    raise no_overload("range", kind(value))


def new_map(entries: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """A map literal; a key given twice is ``expression.duplicate_key``."""
    made: dict[Any, Any] = {}
    for key, value in entries:
        if kind(key) not in _KEYS:
            raise no_overload("{}", kind(key))
        if key in made:
            raise OperationError("expression.duplicate_key")
        made[key] = value
    return made


def lookup(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value of a key, else a marker; a double that is a whole number finds an int, a bool never does."""
    name = kind(key)
    if name == STRING:
        return mapping.get(key, _MISSING)
    if name not in _NUMBERS and name != BOOL:
        return _MISSING
    wanted = _number(key, name, INT)
    for own in mapping if wanted in mapping else ():
        if (kind(own) == BOOL) == (name == BOOL) and own == wanted:
            return mapping[own]
    return _MISSING


def _element(elements: list[Any], key: Any) -> object:
    name = kind(key)
    position = float(key) if name == DOUBLE else key
    if name not in _NUMBERS or (name == DOUBLE and not position.is_integer()):
        raise no_overload("[]", LIST, name)
    if not 0 <= position < len(elements):
        raise OperationError("expression.index")
    return elements[int(position)]


def _equal_money(left: Any, right: Any, a: str, b: str) -> bool:
    others = {a, b}
    if others & {DOUBLE, STRING}:
        raise no_overload("==", a, b)
    return bool(left == right) if others <= {MONEY, INT} else False


def _ordering(symbol: str, compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def apply(left: Any, right: Any) -> bool:
        a, b = kind(left), kind(right)
        if a in _NUMBERS and b in _NUMBERS:
            return compare(_number(left, a, b), _number(right, b, a))
        if (a == b and (a in _ORDERED or a in _MOMENTS)) or (MONEY in (a, b) and {a, b} <= {MONEY, INT}):
            return compare(_plain(left, a), _plain(right, b))
        raise no_overload(symbol, a, b)

    return apply


def _number(value: Any, name: str, other: str) -> Any:
    # The conformance cases compare an int with a double as doubles; what no CEL int can hold is compared exactly.
    if name == DOUBLE or (other == DOUBLE and INT_MIN <= value <= INT_MAX):
        return float(value)
    return value


def _plain(value: Any, name: str) -> Any:
    convert = _MOMENTS.get(name)
    return convert(value) if convert else value


_MOMENTS: Mapping[str, Callable[[Any], Any]] = {TIMESTAMP: instant, DURATION: length}

less = _ordering("<", operator.lt)
less_equal = _ordering("<=", operator.le)
greater = _ordering(">", operator.gt)
greater_equal = _ordering(">=", operator.ge)
