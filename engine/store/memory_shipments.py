"""Waybills in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.store.memory_journal import Kept
from engine.store.parcel_records import known_of, with_tracks
from engine.store.problems import not_found
from engine.store.shipment_records import NewShipment, Shipment


class MemoryShipments:
    _kept: Kept

    async def take_shipments(self, taken: Sequence[NewShipment], event_id: int) -> Sequence[Sequence[Shipment]]:
        if event_id not in self._kept.bodies:
            raise not_found("event.erased")
        return [self._take(one, event_id) for one in taken]

    async def waybills_of(self, channel: str, shop_id: str, channel_order_id: str) -> Sequence[tuple[str, int]]:
        known = self._kept.shipments.get((channel, shop_id, channel_order_id), {}).values()
        return [(one.parcel_id, one.event_id) for one in sorted(known, key=lambda one: one.position)]

    def _take(self, new: NewShipment, event_id: int) -> list[Shipment]:
        kept, parcel = self._kept, new.parcel
        kept.parcels[parcel.id] = with_tracks(known_of(kept.parcels.get(parcel.id), parcel), kept.tracks.get(parcel.id, ()))
        of_order = kept.shipments.setdefault(new.outbound.order, {})
        mine = of_order.get(parcel.id)
        if mine is None:
            position = max((one.position for one in of_order.values()), default=0) + 1
            mine = Shipment(new.outbound, parcel.id, parcel.carrier, position, event_id, new.number)
        elif (run := kept.runs.get(mine.event_id)) is not None and run.state in ("cancelled", "failed"):
            mine = replace(mine, event_id=event_id, number=new.number)
        of_order[parcel.id] = mine
        return [self._readable(one) for one in sorted(of_order.values(), key=lambda one: one.position) if one.position <= mine.position]

    def _readable(self, one: Shipment) -> Shipment:
        return one if one.event_id in self._kept.bodies else replace(one, number=None)
