"""Waybills as flows bring them: which orders are in the parcel, and what each of them means for its channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from engine.errors import NodeError, NotFound
from engine.hub.parcels import tracking_of, waybill
from engine.hub.shipments import at_warehouse, doubt_of, holds_of, meaning
from engine.json_text import read_kept
from engine.store.parcel_records import Identity, NewParcel
from engine.store.ports import HubOrder, Store
from engine.store.shipment_records import NewShipment, Outbound, Shipment


class ShipmentDesk:
    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now

    async def take(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """``{event, channel, shop_id, channel_order_id, tracking_no, carrier?, shipped_at?}`` to ``{orders: […]}``, one for each order of
        the channel that is in the parcel: its ``channel``, ``shop_id``, ``channel_order_id``, ``display_no``, ``version``, ``status``,
        ``doubt`` (see ``doubt_of``; ``missing``: the hub does not know it), and what the waybill means (see ``meaning``).

        Asked again it says the same. Raises ``NodeError``: ``waybill.no_order``, ``waybill.unknown_order``, ``parcel.no_number``.
        """
        name, event_id = at_warehouse(asked), int(asked["event"])
        parcel, number = self._parcel(asked)
        holds = holds_of(name, await self._store.consignments_under(*name))
        orders = [await self._order(one.order) for one in holds]
        if not any(orders):
            raise NodeError("waybill.unknown_order", channel=name[0], shop=name[1] or "–", order=name[2])
        carried = replace(parcel, order=_leading(holds, name), region=_region(orders))
        taken = await self._store.take_shipments([NewShipment(one, carried, number) for one in holds], event_id)
        shipments = [[*before, replace(mine, number=number)] for *before, mine in taken]
        return {"orders": [_told(order, known, event_id) for order, known in zip(orders, shipments, strict=True)]}

    def _parcel(self, asked: Mapping[str, Any]) -> tuple[NewParcel, str]:
        told = {name: asked.get(name) for name in ("tracking_no", "carrier", "shipped_at")}
        parcel = tracking_of(told, self._store.subject_key()).parcel
        return replace(parcel, shipped_at=parcel.shipped_at or self._now()), cast("str", waybill(asked["tracking_no"]))

    async def _order(self, identity: Identity) -> HubOrder | None:
        try:
            return await self._store.order(*identity)
        except NotFound:
            return None


def _leading(holds: Sequence[Outbound], name: Identity) -> Identity:
    """The order that a parcel is listed under: the one whose number it has at the warehouse, else the first."""
    return next((one.order for one in holds if one.order == name), holds[0].order)


def _region(orders: Sequence[HubOrder | None]) -> str:
    for order in orders:
        receiver: Any = _body(order).get("receiver")
        province: Any = cast("dict[str, Any]", receiver).get("province") if isinstance(receiver, dict) else None
        if isinstance(province, str) and province:
            return province.strip()[:60]
    return ""


def _told(order: HubOrder | None, known: Sequence[Shipment], event_id: int) -> dict[str, Any]:
    channel, shop_id, number = known[-1].outbound.order
    state = {"display_no": number, "version": "", "status": "", "doubt": "missing"}
    if order is not None:
        stated = {"status": order.status, "hold_reasons": order.hold_reasons, "refund_status": _body(order).get("refund_status")}
        state = {"display_no": order.display_no, "version": order.version, "status": order.status, "doubt": doubt_of(stated)}
    return {"channel": channel, "shop_id": shop_id, "channel_order_id": number, **state, **meaning(known, event_id)}


def _body(order: HubOrder | None) -> dict[str, Any]:
    """Empty once the order was erased."""
    return cast("dict[str, Any]", read_kept(order.body)) if order is not None and order.body else {}
