"""Parcels: which orders they carry, and what couriers told of their way. A waybill number is kept as a keyed digest and a mask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, TypeAlias

ParcelState = Literal["booked", "picked_up", "moving", "out_for_delivery", "delivered", "problem", "returning", "returned"]
PARCEL_STATES: Final[tuple[ParcelState, ...]] = (
    "booked", "picked_up", "moving", "out_for_delivery", "problem", "returning", "delivered", "returned",
)  # fmt: skip
"""In this order where two events have the same time: the later one in it counts. ``booked``: no courier has told anything yet."""
ARRIVED: Final[frozenset[str]] = frozenset({"delivered", "returned"})
OVER: Final[frozenset[str]] = frozenset({"delivered", "completed", "cancelled", "closed_refunded"})
"""States of an order whose parcel nobody waits for any more."""
Identity: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Track:
    """One event of a parcel. ``place``: province and city at most. The courier's own text is not kept: it names people."""

    at: datetime
    state: ParcelState
    place: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """``id``: the keyed digest of the waybill number (16 hex digits); ``shown``: its mask. ``order`` is empty until one is known.

    ``state``, ``state_at`` and ``place`` are those of its newest event; ``moved_at``: of the newest event, else when it was shipped.
    ``open``: it is neither delivered nor returned, and its order is not over.
    """

    id: str
    shown: str
    carrier: str = ""
    order: Identity = ("", "", "")
    region: str = ""
    shipped_at: datetime | None = None
    promised_at: datetime | None = None
    state: ParcelState = "booked"
    state_at: datetime | None = None
    place: str = ""
    arrived_at: datetime | None = None
    order_over: bool = False

    @property
    def moved_at(self) -> datetime | None:
        known = [at for at in (self.shipped_at, self.state_at) if at is not None]
        return max(known, default=None)

    @property
    def open(self) -> bool:
        return self.state not in ARRIVED and not self.order_over


@dataclass(frozen=True, slots=True)
class NewParcel:
    """What an order or a courier says of a parcel. What is empty says nothing."""

    id: str
    shown: str
    carrier: str = ""
    order: Identity = ("", "", "")
    region: str = ""
    shipped_at: datetime | None = None
    promised_at: datetime | None = None
    order_over: bool = False


@dataclass(frozen=True, slots=True)
class Tracking:
    parcel: NewParcel
    tracks: tuple[Track, ...]


@dataclass(frozen=True, slots=True)
class TrackCounts:
    """Events that were ``new``, and those that were ``known`` already."""

    new: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True)
class ParcelFilter:
    """``text``: the id of a parcel, or a part of its order's number. ``told_by``: parcels of
    these couriers, and those of which any event is known."""

    open: bool | None = None
    state: str | None = None
    carrier: str | None = None
    text: str | None = None
    moved_before: datetime | None = None
    shipped_before: datetime | None = None
    moved_after: datetime | None = None
    told_by: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """How long a parcel that arrived was under way."""

    carrier: str
    region: str
    seconds: float


def known_of(parcel: Parcel | None, said: NewParcel) -> Parcel:
    """The parcel with what an order or a courier said of it. Of two times of shipping the earlier one counts. Pure."""
    if parcel is None:
        parcel = Parcel(said.id, said.shown)
    shipped = [at for at in (parcel.shipped_at, said.shipped_at) if at is not None]
    has_order = any(said.order)
    return replace(
        parcel,
        carrier=said.carrier or parcel.carrier,
        order=said.order if has_order else parcel.order,
        region=said.region or parcel.region,
        shipped_at=min(shipped, default=None),
        promised_at=said.promised_at or parcel.promised_at,
        order_over=said.order_over if has_order else parcel.order_over,
    )


def with_tracks(parcel: Parcel, tracks: Iterable[Track]) -> Parcel:
    """The parcel as all its events say, whatever order and however often they came. Pure."""
    told = sorted(set(tracks), key=_place_in_time)
    if not told:
        return parcel
    last = told[-1]
    arrived = next((one.at for one in told if one.state in ARRIVED), None) if last.state in ARRIVED else None
    first = next((one.at for one in told if one.state != "booked"), None)
    return replace(
        parcel, state=last.state, state_at=last.at, place=next((one.place for one in reversed(told) if one.place), ""),
        arrived_at=arrived, shipped_at=parcel.shipped_at or first,
    )  # fmt: skip


def journeys(parcels: Iterable[Parcel]) -> list[Journey]:
    """Of those that were delivered, not returned."""
    return [
        Journey(one.carrier, one.region, (one.arrived_at - one.shipped_at).total_seconds())
        for one in parcels
        if one.state == "delivered" and one.arrived_at is not None and one.shipped_at is not None and one.arrived_at > one.shipped_at
    ]


def _place_in_time(one: Track) -> tuple[datetime, int, str]:
    return one.at, _RANKS[one.state], one.place


_RANKS: Final[Mapping[str, int]] = {state: number for number, state in enumerate(PARCEL_STATES)}
