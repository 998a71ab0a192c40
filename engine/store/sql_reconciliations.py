"""The hub's list of a day, and what comparisons found, in SQL."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col, select

from engine.store.connection import Connection
from engine.store.database import Part
from engine.store.reconciliations import ListedOrder, Reconciliation, day_after
from engine.store.tables import OrderRow, ReconciliationRow
from engine.store.times import to_micros

_KEEP = (
    'INSERT INTO reconciliation ("day", channel, at, differences, body) VALUES (?, ?, ?, ?, ?) '
    'ON CONFLICT ("day", channel) DO UPDATE SET at = excluded.at, differences = excluded.differences, body = excluded.body'
)


class SqlReconciliations(Part):
    async def orders_of_day(self, channel: str, day: str) -> Sequence[ListedOrder]:
        shop, number, version = col(OrderRow.shop_id), col(OrderRow.channel_order_id), col(OrderRow.version)
        created = (col(OrderRow.created_at) >= day, col(OrderRow.created_at) < day_after(day))
        wanted = sa.select(shop, number, version, col(OrderRow.amount_paid), col(OrderRow.status)).where(col(OrderRow.channel) == channel)
        rows = await self._database.read(lambda session: session.connection().execute(wanted.where(*created)).all())
        return [ListedOrder(channel, row[0], row[1], row[2] or None, row[3] or None, row[4]) for row in rows]

    async def keep_reconciliation(self, found: Reconciliation) -> None:
        row = (found.day, found.channel, to_micros(found.at), found.differences, found.body)

        def keep(connection: Connection) -> None:
            connection.execute(_KEEP, row)

        await self._database.write(keep)

    async def reconciliation(self, day: str, channel: str) -> Reconciliation | None:
        row = await self._database.get(ReconciliationRow, (day, channel))
        return None if row is None else _as_found(row)

    async def reconciliations(self, limit: int = 50) -> Sequence[Reconciliation]:
        newest = select(ReconciliationRow).order_by(col(ReconciliationRow.day).desc(), col(ReconciliationRow.channel)).limit(limit)
        return await self._database.read(lambda session: [_as_found(row) for row in session.exec(newest).all()])


def _as_found(row: ReconciliationRow) -> Reconciliation:
    return Reconciliation(row.day, row.channel, row.at, row.differences, row.body)
