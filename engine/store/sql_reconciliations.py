"""The hub's list of a day, and what comparisons found, in SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.store.connection import Connection
from engine.store.database import Part
from engine.store.reconciliations import ListedLine, ListedOrder, Reconciliation, day_after
from engine.store.tables import OrderLineRow, OrderRow, ReconciliationRow, SubjectRow
from engine.store.times import to_micros

_KEEP = (
    'INSERT INTO reconciliation ("day", channel, at, differences, body) VALUES (?, ?, ?, ?, ?) '
    'ON CONFLICT ("day", channel) DO UPDATE SET at = excluded.at, differences = excluded.differences, body = excluded.body'
)


class SqlReconciliations(Part):
    async def orders_of_day(self, channel: str, day: str) -> Sequence[ListedOrder]:
        of_day = (col(OrderRow.channel) == channel, col(OrderRow.created_at) >= day, col(OrderRow.created_at) < day_after(day))
        return await self._database.read(lambda session: _listed(session, channel, of_day))

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


def _listed(session: Session, channel: str, of_day: Sequence[Any]) -> list[ListedOrder]:
    number, version, paid = col(OrderRow.channel_order_id), col(OrderRow.version), col(OrderRow.amount_paid)
    wanted = sa.select(col(OrderRow.id), col(OrderRow.shop_id), number, version, paid, col(OrderRow.status)).where(*of_day)
    lines, receivers = _lines(session, of_day), _receivers(session, of_day)
    return [
        ListedOrder(channel, shop, order, changed or None, amount or None, status, None, lines.get(id_), receivers.get(id_))
        for id_, shop, order, changed, amount, status in session.connection().execute(wanted).all()
    ]


def _lines(session: Session, of_day: Sequence[Any]) -> dict[int, tuple[ListedLine, ...]]:
    place, sku = col(OrderLineRow.order_id), col(OrderLineRow.sku_code)
    wanted = sa.select(place, sku, sa.func.sum(col(OrderLineRow.quantity))).join(OrderRow, col(OrderRow.id) == place)
    found: dict[int, list[ListedLine]] = defaultdict(list)
    for order_id, code, quantity in session.connection().execute(wanted.where(*of_day).group_by(place, sku).order_by(place, sku)):
        found[order_id].append(ListedLine(code, int(quantity)))
    return {order_id: tuple(lines) for order_id, lines in found.items()}


def _receivers(session: Session, of_day: Sequence[Any]) -> dict[int, tuple[str, ...]]:
    """As the event of the newest version said it; nothing of one that was erased."""
    same = sa.and_(col(SubjectRow.order_id) == col(OrderRow.id), col(SubjectRow.event_id) == col(OrderRow.event_id))
    wanted = sa.select(col(OrderRow.id), col(SubjectRow.digest)).join(SubjectRow, same).where(*of_day)
    found: dict[int, list[str]] = defaultdict(list)
    for order_id, digest in session.connection().execute(wanted):
        found[order_id].append(bytes(digest).hex())
    return {order_id: tuple(sorted(digests)) for order_id, digests in found.items()}


def _as_found(row: ReconciliationRow) -> Reconciliation:
    return Reconciliation(row.day, row.channel, row.at, row.differences, row.body)
