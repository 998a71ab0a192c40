"""Source, hub, WMS and finance side by side: what is missing, doubled or different, field by field. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal, TypeAlias

import msgspec

from engine.store.reconciliations import ListedOrder

System = Literal["source", "hub", "wms", "finance"]
DifferenceKind = Literal["missing", "doubled", "different"]
SYSTEMS: Final[tuple[System, ...]] = ("source", "hub", "wms", "finance")
"""In this order they are believed: what the source says is expected of the hub, what the hub says of the targets."""
TARGETS: Final[tuple[System, ...]] = ("wms", "finance")
NOT_SENT_YET: Final = frozenset({"pending_payment", "paid_hold", "unknown", "cancelled"})
"""Orders in these states need not be at the targets; where they are, they are compared."""
Name: TypeAlias = tuple[str, str, str]
Listed: TypeAlias = "Sequence[ListedOrder] | None"


class Difference(msgspec.Struct, frozen=True):
    """One difference of one order. ``system``: where it was found; ``field``: what is different, with both values;
    of a doubled order ``found`` is how often it is there.
    """

    channel: str
    shop_id: str
    channel_order_id: str
    kind: DifferenceKind
    system: System
    field: str = ""
    expected: str = ""
    found: str = ""


def compare(source: Listed, hub: Listed, wms: Listed, finance: Listed) -> list[Difference]:
    """By order, then by system. ``None``: a list that is not to be had, of which nothing is said."""
    lists: dict[System, Mapping[Name, list[ListedOrder]]] = {
        system: _by_name(listed) for system, listed in zip(SYSTEMS, (source, hub, wms, finance), strict=True) if listed is not None
    }
    names = sorted({name for listed in lists.values() for name in listed})
    return [found for name in names for found in _of_order(name, {system: listed.get(name, []) for system, listed in lists.items()})]


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


_FIELDS: Final[Mapping[str, Callable[[str, str], bool]]] = {"version": same_version, "amount": same_amount}


def _of_order(name: Name, held: Mapping[System, Sequence[ListedOrder]]) -> Iterable[Difference]:
    kept = held.get("hub")
    needed_at_targets = not kept or kept[0].status not in NOT_SENT_YET
    for system, entries in held.items():
        if not entries and (system not in TARGETS or needed_at_targets):
            yield Difference(*name, kind="missing", system=system)
        if len(entries) > 1:
            yield Difference(*name, kind="doubled", system=system, found=str(len(entries)))
    for field, same in _FIELDS.items():
        yield from _in_field(name, held, field, same)


def _in_field(
    name: Name, held: Mapping[System, Sequence[ListedOrder]], field: str, same: Callable[[str, str], bool]
) -> Iterable[Difference]:
    told: list[tuple[System, Any]] = [(system, getattr(entry, field)) for system, entries in held.items() for entry in entries]
    known: list[tuple[System, str]] = [(system, value) for system, value in told if value is not None]
    expected = known[0][1] if known else ""
    said: set[tuple[System, str]] = set()
    for system, value in known:
        if not same(expected, value) and (system, value) not in said:
            said.add((system, value))
            yield Difference(*name, kind="different", system=system, field=field, expected=expected, found=value)


def _by_name(listed: Iterable[ListedOrder]) -> dict[Name, list[ListedOrder]]:
    found: dict[Name, list[ListedOrder]] = {}
    for one in listed:
        found.setdefault((one.channel, one.shop_id, one.channel_order_id), []).append(one)
    return found
