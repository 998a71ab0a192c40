"""What is asked of the waybills that warehouses tell of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from engine.store.parcel_records import Identity
from engine.store.shipment_records import NewShipment, Outbound, Shipment


class Shipments(Protocol):
    async def keep_outbound(self, at_warehouse: Identity, holds: Sequence[Outbound], at: datetime) -> None:
        """What a warehouse has under a channel, a shop and a number; it takes the place of what was kept before."""
        ...

    async def outbound(self, at_warehouse: Identity) -> Sequence[Outbound]:
        """Empty for what was never kept: then the number is that of a whole order."""
        ...

    async def take_shipments(self, taken: Sequence[NewShipment], event_id: int) -> Sequence[Sequence[Shipment]]:
        """Keeps each waybill of an order once, with its parcel, for the event that told of it first. One whose run was cancelled or has
        failed leaves it to this event.

        For each: what was kept of its order up to it, oldest first; itself is the last. Raises ``NotFound`` (``event.erased``).
        """
        ...
