"""Consignments in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from engine.store.consignment_table import ConsignmentRow
from engine.store.consignments import Consignment, Place
from engine.store.database import Part
from engine.store.reconciliations import day_after
from engine.store.tables import OrderRow
from engine.store.write_consignments import COLUMNS, grouped, put_consignments

_ALL = [col(getattr(ConsignmentRow, name)) for name in COLUMNS]
_PLACE = _ALL[:4]


class SqlConsignments(Part):
    async def keep_consignments(self, sent: Sequence[Consignment]) -> None:
        await self._database.write(lambda connection: put_consignments(connection, sent))

    async def consignments_of_day(self, channel: str, day: str) -> Sequence[Consignment]:
        in_channel = sa.select(*_PLACE).where(col(ConsignmentRow.channel) == channel)
        created = (col(OrderRow.created_at) >= day, col(OrderRow.created_at) < day_after(day))
        same = [getattr(OrderRow, name) == getattr(ConsignmentRow, name) for name in ("channel", "shop_id", "channel_order_id")]
        with_orders = in_channel.join(OrderRow, sa.and_(*same)).where(*created)
        return await self._found(in_channel.where(col(ConsignmentRow.day) == day).union(with_orders))

    async def consignment_at(self, place: Place) -> Consignment | None:
        found = await self._found(sa.select(*_PLACE).where(*(column == value for column, value in zip(_PLACE, place, strict=True))))
        return found[0] if found else None

    async def consignments_under(self, channel: str, shop_id: str, number: str) -> Sequence[Consignment]:
        return await self._where(channel=channel, shop_id=shop_id, number=number)

    async def consignments_of_order(self, channel: str, shop_id: str, channel_order_id: str) -> Sequence[Consignment]:
        return await self._where(channel=channel, shop_id=shop_id, channel_order_id=channel_order_id)

    async def _where(self, **named: str) -> list[Consignment]:
        return await self._found(sa.select(*_PLACE).where(*(getattr(ConsignmentRow, name) == value for name, value in named.items())))

    async def _found(self, places: Any) -> list[Consignment]:
        wanted = sa.select(*_ALL).where(sa.tuple_(*_PLACE).in_(places))
        return grouped(await self._database.read(lambda session: session.connection().execute(wanted).all()))
