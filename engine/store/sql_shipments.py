"""Waybills in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from engine.store.database import Part
from engine.store.shipment_records import NewShipment, Shipment
from engine.store.write_shipments import take


class SqlShipments(Part):
    async def take_shipments(self, taken: Sequence[NewShipment], event_id: int) -> Sequence[Sequence[Shipment]]:
        database = self._database
        return await database.write(lambda connection: take(connection, database, taken, event_id))
