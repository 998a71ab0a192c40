"""What left the warehouses: what a warehouse has as one order, and which parcel carries which order or part of it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.store.parcel_records import Identity, NewParcel


@dataclass(frozen=True, slots=True)
class Outbound:
    """A channel's ``order`` in what a warehouse has as one order. ``part`` of ``parts``: 0 where it is the whole order; ``lines``: the ids
    of a part's lines.
    """

    order: Identity
    part: int = 0
    parts: int = 0
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewShipment:
    """A waybill for one order. ``number``: in clear, sealed at rest with the key of the event that brought it."""

    outbound: Outbound
    parcel: NewParcel
    number: str


@dataclass(frozen=True, slots=True)
class Shipment:
    """``position``: the how manieth waybill of its order; ``event_id``: whose message tells the channel of it.

    ``number`` is ``None`` once that event was erased.
    """

    outbound: Outbound
    parcel_id: str
    carrier: str
    position: int
    event_id: int
    number: str | None
