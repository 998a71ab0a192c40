"""Waybills in SQL."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col

from engine.store.database import Part
from engine.store.shipment_records import NewShipment, Shipment
from engine.store.shipment_table import ShipmentRow
from engine.store.write_shipments import take


class SqlShipments(Part):
    async def take_shipments(self, taken: Sequence[NewShipment], event_id: int) -> Sequence[Sequence[Shipment]]:
        database = self._database
        return await database.write(lambda connection: take(connection, database, taken, event_id))

    async def waybills_of(self, channel: str, shop_id: str, channel_order_id: str) -> Sequence[tuple[str, int]]:
        order = {"channel": channel, "shop_id": shop_id, "channel_order_id": channel_order_id}
        wanted = sa.select(col(ShipmentRow.parcel_id), col(ShipmentRow.event_id)).filter_by(**order).order_by(col(ShipmentRow.position))
        rows = await self._database.read(lambda session: session.connection().execute(wanted).all())
        return [(parcel, event_id) for parcel, event_id in rows]
