"""Every way in which a field of a payload may drift: dropped, null, of another type, renamed, ten times as long."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

Place = tuple[str | int, ...]
MUTATIONS = ("dropped", "null", "retyped", "renamed", "longer", "emptied")


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Where the fields of a payload are, objects and lists among them."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*place, key)
        yield from places(child, (*place, key))


def mutated(payload: Any, place: Place, how: str) -> Any:
    """A copy as far as it is another one; the rest is shared."""
    found = parent = copy.copy(payload)
    for key in place[:-1]:
        parent[key] = copy.copy(parent[key])
        parent = parent[key]
    _CHANGES[how](parent, place[-1])
    return found


def at(payload: Any, place: Place) -> Any:
    for key in place:
        payload = payload[key]
    return payload


def _drop(parent: Any, key: Any) -> None:
    del parent[key]


def _null(parent: Any, key: Any) -> None:
    parent[key] = None


def _empty(parent: Any, key: Any) -> None:
    value = parent[key]
    parent[key] = type(value)() if isinstance(value, (str, list, dict)) else 0


def _retype(parent: Any, key: Any) -> None:
    value = parent[key]
    if isinstance(value, (dict, list)):
        parent[key] = "changed"
    elif isinstance(value, str):
        parent[key] = _number(value)
    else:
        parent[key] = str(value)


def _number(text: str) -> Any:
    try:
        found = Decimal(text)
    except ArithmeticError:
        return {"value": text}
    return int(found) if found == found.to_integral_value() and "." not in text else found


def _rename(parent: Any, key: Any) -> None:
    if isinstance(parent, dict):
        parent[f"{key}_v2"] = parent.pop(key)


def _lengthen(parent: Any, key: Any) -> None:
    value = parent[key]
    if isinstance(value, bool) or value is None:
        parent[key] = "x" * 10
    elif isinstance(value, (str, list)):
        parent[key] = value * 10
    elif isinstance(value, (int, Decimal)):
        parent[key] = value * 10**10
    else:
        parent[key] = {**value, **{f"{name}_{number}": one for number in range(9) for name, one in value.items()}}


_CHANGES: dict[str, Callable[[Any, Any], None]] = {
    "dropped": _drop, "null": _null, "retyped": _retype, "renamed": _rename, "longer": _lengthen, "emptied": _empty,
}  # fmt: skip
