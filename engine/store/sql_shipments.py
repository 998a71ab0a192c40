"""Waybills in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from engine.store.database import Part
from engine.store.parcel_records import Identity
from engine.store.shipment_records import NewShipment, Outbound, Shipment
from engine.store.shipment_tables import OutboundRow
from engine.store.write_shipments import lines_of, put_outbound, take


class SqlShipments(Part):
    async def keep_outbound(self, at_warehouse: Identity, holds: Sequence[Outbound], at: datetime) -> None:
        await self._database.write(lambda connection: put_outbound(connection, at_warehouse, holds, at))

    async def outbound(self, at_warehouse: Identity) -> Sequence[Outbound]:
        channel, shop, number = at_warehouse
        where = (OutboundRow.channel == channel, OutboundRow.shop_id == shop, OutboundRow.number == number)
        wanted = select(OutboundRow).where(*where).order_by(col(OutboundRow.channel_order_id))

        def query(session: Session) -> list[Outbound]:
            return [
                Outbound((channel, shop, row.channel_order_id), row.part, row.parts, lines_of(row.lines)) for row in session.exec(wanted)
            ]

        return await self._database.read(query)

    async def take_shipments(self, taken: Sequence[NewShipment], event_id: int) -> Sequence[Sequence[Shipment]]:
        database = self._database
        return await database.write(lambda connection: take(connection, database, taken, event_id))
