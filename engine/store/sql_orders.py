"""Hub orders, read from SQL and opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, text
from sqlmodel import Session, col, select

from engine.privacy.cipher import open_sealed, place
from engine.store.counters import ORDERS
from engine.store.database import Database, Part
from engine.store.filters import EVERY_ORDER, OrderFilter
from engine.store.pages import bounds, page
from engine.store.ports import HubOrder, Page
from engine.store.problems import not_found
from engine.store.tables import CounterRow, EventRow, OrderRow

_NOT_NORMAL = text("hub_order.priority <> 'normal'")
"""Written out, so that SQLite sees that the partial index `hub_order_priority` serves."""


class SqlOrders(Part):
    async def orders(self, where: OrderFilter = EVERY_ORDER, *, limit: int = 50, cursor: str | None = None) -> Page[HubOrder]:
        """Newest first. ``body`` is empty for an erased order."""
        limit, below = bounds(limit, cursor)
        database = self._database

        def query(session: Session) -> Page[HubOrder]:
            statement = select(OrderRow).where(OrderRow.id < below, *_conditions(where))
            rows = session.exec(statement.order_by(col(OrderRow.id).desc()).limit(limit + 1)).all()
            return page(rows, limit, lambda row: row.id, lambda row: _as_order(row, session, database))

        return await database.read(query)

    async def order(self, channel: str, shop_id: str, channel_order_id: str) -> HubOrder:
        """Raises ``NotFound`` (``order.unknown``). ``body`` is empty for an erased order."""
        database = self._database
        same = (OrderRow.channel == channel, OrderRow.shop_id == shop_id, OrderRow.channel_order_id == channel_order_id)

        def query(session: Session) -> HubOrder:
            row = session.exec(select(OrderRow).where(*same)).first()
            if row is None:
                raise not_found("order.unknown")
            return _as_order(row, session, database)

        return await database.read(query)

    async def order_counts(self) -> Mapping[str, int]:
        statement = select(CounterRow).where(col(CounterRow.name).startswith(ORDERS, autoescape=True))
        rows = await self._database.read(lambda session: session.exec(statement).all())
        return {row.name.removeprefix(ORDERS): row.number for row in rows}


def _conditions(where: OrderFilter) -> list[Any]:
    conditions: list[Any] = []
    if where.channel is not None:
        conditions.append(OrderRow.channel == where.channel)
    if where.status is not None:
        conditions.append(OrderRow.status == where.status)
    if where.priority is not None:
        conditions.append(OrderRow.priority == where.priority)
        if where.priority != "normal":
            conditions.append(_NOT_NORMAL)
    if where.text:
        number, shown = col(OrderRow.channel_order_id), col(OrderRow.display_no)
        found = or_(number.contains(where.text, autoescape=True), shown.contains(where.text, autoescape=True))
        conditions.append(col(OrderRow.id).in_(select(OrderRow.id).where(found)))
    if changed := _changed(where):
        conditions.append(col(OrderRow.id).in_(select(OrderRow.id).where(*changed)))
    return conditions


def _changed(where: OrderFilter) -> list[Any]:
    conditions: list[Any] = []
    if where.since is not None:
        conditions.append(col(OrderRow.updated_at) >= where.since)
    if where.until is not None:
        conditions.append(col(OrderRow.updated_at) < where.until)
    return conditions


def _as_order(row: OrderRow, session: Session, database: Database) -> HubOrder:
    key_id = session.exec(select(EventRow.key_id).where(EventRow.id == row.event_id)).first()
    key = None if key_id is None else database.ring.get(key_id)
    body = b"" if key is None else open_sealed(key, row.body, place("hub_order", "body", row.id))
    return HubOrder(
        channel=row.channel,
        shop_id=row.shop_id,
        channel_order_id=row.channel_order_id,
        version=row.version,
        content=row.content,
        status=row.status,
        currency=row.currency,
        amount_paid=row.amount_paid,
        display_no=row.display_no,
        created_at=row.created_at,
        priority=row.priority,
        body=body,
        event_id=row.event_id,
        updated_at=row.updated_at,
    )
