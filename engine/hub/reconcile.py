"""Source, hub, WMS and finance side by side: what is missing, doubled or different, field by field. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import eq
from typing import Any, Final, NamedTuple, TypeAlias

from engine.hub.contents import compare_lines
from engine.hub.difference import (
    ALONE,
    SYSTEMS,
    TARGETS,
    Difference,
    DifferenceKind,
    Name,
    NotCompared,
    System,
    Via,
    difference,
    same_amount,
    same_version,
)
from engine.hub.lineage import NOTHING, Consigned, Held, Known, Told, told_by_order
from engine.hub.listed import fingerprint, same_lines, same_receiver, shown_lines
from engine.store.reconciliations import ListedOrder

__all__ = [
    "NOT_SENT_YET", "SYSTEMS", "TARGETS", "Comparison", "Difference", "DifferenceKind", "Name", "NotCompared", "System", "compare",
    "comparison",
]  # fmt: skip

NOT_SENT_YET: Final = frozenset({"pending_payment", "paid_hold", "unknown", "cancelled"})
"""Orders in these states need not be at the targets; where they are, they are compared."""
NOTHING_TO_SHIP: Final = NOT_SENT_YET | {"closed_refunded"}
"""The same for the WMS: a refunded order that it does not have cannot ship."""
Listed: TypeAlias = "Sequence[ListedOrder] | None"
ByName: TypeAlias = Mapping[Name, Sequence[ListedOrder]]


class Comparison(NamedTuple):
    """``differences`` by order, then by system; ``not_compared``: parcels and parts of several days whose lines could not be."""

    differences: list[Difference]
    not_compared: list[NotCompared]


def compare(
    source: Listed, hub: Listed, wms: Listed, finance: Listed, consigned: Mapping[System, Consigned] | None = None, key: bytes = b""
) -> list[Difference]:
    """The differences alone (see ``comparison``)."""
    return comparison(source, hub, wms, finance, consigned, key).differences


def comparison(
    source: Listed, hub: Listed, wms: Listed, finance: Listed, consigned: Mapping[System, Consigned] | None = None, key: bytes = b""
) -> Comparison:
    """What was found, by order, then by system. ``None``: a list that is not to be had, of which nothing is said. ``consigned``: by
    target, what it was sent as parcels of several orders and as parts of one. ``key``: of the fingerprints of receivers that are shown.

    Of each order all fields that two lists tell are compared; lines of parcels and parts together, by what they hold (``contents``).
    """
    given: tuple[tuple[System, Listed], ...] = (("source", source), ("hub", hub))
    own: dict[System, ByName] = {system: _by_name(listed) for system, listed in given if listed is not None}
    known: dict[System, Known] = {"wms": _known(own, NOTHING_TO_SHIP), "finance": _known(own, NOT_SENT_YET)}
    told: dict[System, Told] = {system: _as_listed(by_name) for system, by_name in own.items()}
    for system, listed in zip(TARGETS, (wms, finance), strict=True):
        if listed is not None:
            sent = (consigned or {}).get(system, NOTHING)
            told[system] = told_by_order(system, listed, sent, known[system])
            compare_lines(system, sent, told[system], known[system])
    of_day = {*(name for by_name in own.values() for name in by_name), *(_name(one) for one in (*(wms or ()), *(finance or ())))}
    of_day -= {name for name in of_day if not any(name in one.held or name in one.sent for one in told.values())}
    rows = [row for name in of_day for row in _of_order(name, told, known, key)]
    rows += [row for one in told.values() for row in one.found]
    aside = [row for one in told.values() for row in one.not_compared]
    return Comparison(sorted(rows, key=_by_order), sorted(aside, key=_by_order))


def _by_order(row: Difference | NotCompared) -> Name:
    return row.channel, row.shop_id, row.channel_order_id


class _Field(NamedTuple):
    """``show``: (value, order, key) as text, without anything personal."""

    same: Callable[[Any, Any], bool]
    show: Callable[[Any, Name, bytes], str]


def _plainly(value: Any, _name: Name, _key: bytes) -> str:
    return value


def _as_lines(value: Any, _name: Name, _key: bytes) -> str:
    return shown_lines(value)


def _as_fingerprint(value: Any, name: Name, key: bytes) -> str:
    return fingerprint(name, value, key)


_FIELDS: Final[Mapping[str, _Field]] = {
    "version": _Field(same_version, _plainly),
    "status": _Field(eq, _plainly),
    "amount": _Field(same_amount, _plainly),
    "lines": _Field(same_lines, _as_lines),
    "receiver": _Field(same_receiver, _as_fingerprint),
}


def _of_order(name: Name, told: Mapping[System, Told], known: Mapping[System, Known], key: bytes) -> Iterable[Difference]:
    for system, one in told.items():
        copies = one.copies.get(name, 0)
        if not copies and (system not in known or known[system].is_needed(name)):
            yield difference(name, "missing", system, one.sent.get(name, ALONE))
        if copies > 1:
            yield difference(name, "doubled", system, found=str(copies))
    held: dict[System, Sequence[Held]] = {system: one.held.get(name, ()) for system, one in told.items()}
    for field in _FIELDS:
        yield from _in_field(name, held, field, key)


def _in_field(name: Name, held: Mapping[System, Sequence[Held]], field: str, key: bytes) -> Iterable[Difference]:
    told: list[tuple[System, Any, Via]] = [
        (system, getattr(entry, field), entry.via) for system, entries in held.items() for entry in entries
    ]
    known: list[tuple[System, Any, Via]] = [(system, value, via) for system, value, via in told if value is not None]
    expected, (same, show) = known[0][1] if known else "", _FIELDS[field]
    for system, value, via in dict.fromkeys(known):
        if not same(expected, value):
            yield difference(name, "different", system, via, field=field, expected=show(expected, name, key), found=show(value, name, key))


def _as_listed(by_name: ByName) -> Told:
    told = Told()
    for name, entries in by_name.items():
        told.held[name] = [Held.alone(one) for one in entries]
        told.copies[name] = len(entries)
    return told


def _known(own: Mapping[System, ByName], not_needed: Collection[str]) -> Known:
    def is_of_day(name: Name) -> bool:
        return any(name in by_name for by_name in own.values())

    return Known(
        lambda name: _is_needed(own, name, not_needed), is_of_day,
        lambda name: _told_first(own, name, "amount"), lambda name: _told_first(own, name, "lines"),
    )  # fmt: skip


def _is_needed(own: Mapping[System, ByName], name: Name, not_needed: Collection[str]) -> bool:
    kept = own.get("hub", {}).get(name)
    return not kept or kept[0].status not in not_needed


def _told_first(own: Mapping[System, ByName], name: Name, field: str) -> Any:
    """As the source says it, else the hub."""
    told = (getattr(one, field) for by_name in own.values() for one in by_name.get(name, ()))
    return next((value for value in told if value is not None), None)


def _by_name(listed: Iterable[ListedOrder]) -> dict[Name, list[ListedOrder]]:
    found: dict[Name, list[ListedOrder]] = {}
    for one in listed:
        found.setdefault(_name(one), []).append(one)
    return found


def _name(one: ListedOrder) -> Name:
    return one.channel, one.shop_id, one.channel_order_id
