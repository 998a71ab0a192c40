"""What is asked of the waybills that warehouses tell of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.store.shipment_records import NewShipment, Shipment


class Shipments(Protocol):
    async def take_shipments(self, taken: Sequence[NewShipment], event_id: int) -> Sequence[Sequence[Shipment]]:
        """Keeps each waybill of an order once, with its parcel, for the event that told of it first. One whose run was cancelled or has
        failed leaves it to this event.

        For each: what was kept of its order up to it, oldest first; itself is the last. Raises ``NotFound`` (``event.erased``).
        """
        ...

    async def waybills_of(self, channel: str, shop_id: str, channel_order_id: str) -> Sequence[tuple[str, int]]:
        """The parcels that warehouses told of, oldest first, each with the event whose message tells the channel of it."""
        ...
