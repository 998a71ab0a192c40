"""What a waybill means for each order in its parcel: told before, one of several, the last one, or of an order that is called off. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from engine.errors import NodeError
from engine.order.statuses import REFUND_IN_PROGRESS
from engine.store.consignments import Consignment
from engine.store.parcel_records import Identity
from engine.store.shipment_records import Outbound, Shipment

CALLED_OFF: Final = frozenset({"cancelled", "closed_refunded"})
_NAMES: Final = ("channel", "shop_id", "channel_order_id")


def at_warehouse(asked: Mapping[str, Any]) -> Identity:
    """The order as a warehouse names it: ``channel``, ``shop_id`` and ``channel_order_id`` as they were sent there.

    Raises ``NodeError`` with ``waybill.no_order``.
    """
    for name in ("channel", "channel_order_id"):
        if not isinstance(asked.get(name), str) or not asked[name].strip():
            raise NodeError("waybill.no_order", name, field=name)
    return cast("Identity", tuple(str(asked.get(name) or "").strip() for name in _NAMES))


def holds_of(name: Identity, sent: Iterable[Consignment]) -> list[Outbound]:
    """What is in what a warehouse has under a number, by order: the last that it was sent counts; without one it is a whole order."""
    newest = max((one for one in sent if one.ships), key=lambda one: one.event_id, default=None)
    found: dict[Identity, list[Outbound]] = {}
    for one in () if newest is None else newest.members:
        if newest is not None and one.lines is not None:
            order = (newest.channel, newest.shop_id, one.channel_order_id)
            found.setdefault(order, []).append(Outbound(order, one.part or newest.part, one.parts or newest.parts, one.lines))
    return [_together(found[order]) for order in sorted(found)] or [Outbound(name)]


def meaning(known: Sequence[Shipment], event_id: int) -> dict[str, Any]:
    """``known``: the waybills of an order up to the one in question, which is the last of them.

    ``known``: another message tells of it; ``again``: this part of the order has a waybill already; ``first``, ``last``: of the order's
    parts; ``lines``: ids of lines that no earlier waybill has brought, null for the whole order or where none are known; ``waybill``:
    this one; ``waybills``: one for each part, up to this one, as far as they can still be read.
    """
    *before, mine = known
    parts = _first_of_each_part(before)
    again = any(_overlap(one.outbound, mine.outbound) for one in before)
    told = parts if again else [*parts, mine]
    return {
        "known": mine.event_id != event_id,
        "again": again,
        "part": mine.outbound.part,
        "parts": mine.outbound.parts,
        "first": not before,
        "last": not again and len(told) >= max(mine.outbound.parts, 1),
        "lines": _new_lines(before, mine),
        "waybill": _shown(mine),
        "waybills": [_shown(one) for one in told if one.number is not None],
    }


def doubt_of(order: Mapping[str, Any]) -> str | None:
    """Why the channel should not hear that an order was shipped before a person has looked: ``cancelled``, ``refunding``, ``unpaid``.

    ``unmapped``: nobody knows its state. ``None`` where nothing speaks against it.
    """
    status, reasons = order.get("status"), order.get("hold_reasons") or ()
    if status in CALLED_OFF:
        return "cancelled"
    if order.get("refund_status") in REFUND_IN_PROGRESS or "refund_in_progress" in reasons:
        return "refunding"
    return {"pending_payment": "unpaid", "unknown": "unmapped"}.get(str(status))


def _together(shares: Sequence[Outbound]) -> Outbound:
    """Of one order in one parcel: all its parts are the whole order, several of them count as the first."""
    first = min(shares, key=lambda one: one.part)
    if len({one.part for one in shares}) == first.parts:
        return Outbound(first.order) if first.parts > 1 else first
    return replace(first, lines=tuple(dict.fromkeys(line for one in shares for line in one.lines)))


def _shown(one: Shipment) -> dict[str, Any]:
    return {"carrier": one.carrier, "tracking_no": one.number}


def _first_of_each_part(shipments: Sequence[Shipment]) -> list[Shipment]:
    found: list[Shipment] = []
    for one in shipments:
        if not any(_overlap(earlier.outbound, one.outbound) for earlier in found):
            found.append(one)
    return found


def _overlap(one: Outbound, other: Outbound) -> bool:
    """The whole order overlaps with each of its parts."""
    return one.part == other.part or 0 in (one.part, other.part)


def _new_lines(before: Sequence[Shipment], mine: Shipment) -> list[str] | None:
    if not mine.outbound.lines:
        return None
    brought = {line for one in before for line in one.outbound.lines}
    return [line for line in mine.outbound.lines if line not in brought]
