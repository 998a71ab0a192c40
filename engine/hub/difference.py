"""What a comparison may find of an order, and when two lists say the same."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final, Literal, TypeAlias

import msgspec

System = Literal["source", "hub", "wms", "finance"]
DifferenceKind = Literal["missing", "doubled", "different"]
SYSTEMS: Final[tuple[System, ...]] = ("source", "hub", "wms", "finance")
"""In this order they are believed: what the source says is expected of the hub, what the hub says of the targets."""
TARGETS: Final[tuple[System, ...]] = ("wms", "finance")
Name: TypeAlias = tuple[str, str, str]


class Via(msgspec.Struct, frozen=True):
    """How an order stands in a list. ``parcel``: under the number of a parcel of so many ``orders``; ``parts``: split in so many, of
    which ``part`` is meant, or 0 for all of them. A parcel may be split too.
    """

    parcel: str = ""
    orders: int = 0
    part: int = 0
    parts: int = 0


ALONE: Final = Via()


class Difference(msgspec.Struct, frozen=True):
    """One difference of one order. ``system``: where it was found; ``field``: what is different, with both values (``sum``: of the
    orders of a parcel); of a doubled order ``found`` is how often it is there. The rest as in ``Via``.
    """

    channel: str
    shop_id: str
    channel_order_id: str
    kind: DifferenceKind
    system: System
    field: str = ""
    expected: str = ""
    found: str = ""
    parcel: str = ""
    orders: int = 0
    part: int = 0
    parts: int = 0


class NotCompared(msgspec.Struct, frozen=True):
    """Lines that could not be compared on this day: those of a parcel, or of parts, whose orders are of several days and of one of which
    something is not known. ``parcel``, ``orders`` and ``parts`` as in ``Via``.
    """

    channel: str
    shop_id: str
    channel_order_id: str
    system: System
    parcel: str = ""
    orders: int = 0
    parts: int = 0


def difference(
    name: Name, kind: DifferenceKind, system: System, via: Via = ALONE, *, field: str = "", expected: str = "", found: str = ""
) -> Difference:
    return Difference(*name, kind, system, field, expected, found, via.parcel, via.orders, via.part, via.parts)


def same_amount(one: str, other: str) -> bool:
    """Exactly, whatever the number of zeros."""
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return one == other


def same_version(one: str, other: str) -> bool:
    """Times as times, whatever their offset."""
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except ValueError:
        return one == other


def total(amounts: list[str | None]) -> str | None:
    """To the cent; ``None`` as soon as one is not known, or no number."""
    try:
        return str(sum((Decimal(one) for one in amounts if one is not None), Decimal(0))) if None not in amounts else None
    except InvalidOperation:
        return None
