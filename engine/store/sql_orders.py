"""Hub orders, read from SQL and opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import not_, or_, text, tuple_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from engine.json_text import read_json
from engine.privacy.cipher import open_sealed, place
from engine.store.counters import ORDERS
from engine.store.database import LARGEST, Database, Part
from engine.store.filters import EVERY_ORDER, OrderFilter, spellings
from engine.store.order_records import Unshipped
from engine.store.pages import bounds, page
from engine.store.ports import HubOrder, HubOutcome, OrderLine, OrderVersion, Page
from engine.store.problems import not_found
from engine.store.sold_states import SOLD_NOT_SHIPPED
from engine.store.sql_holds import open_identities
from engine.store.tables import CounterRow, EventRow, OrderLineRow, OrderRow, OrderVersionRow, SubjectRow

_HELD = text("hub_order.hold_reasons <> ''")
_NOT_NORMAL = text("hub_order.priority <> 'normal'")
"""Written out, so that SQLite sees that the partial index `hub_order_priority` serves."""


class SqlOrders(Part):
    async def orders(self, where: OrderFilter = EVERY_ORDER, *, limit: int = 50, cursor: str | None = None) -> Page[HubOrder]:
        limit, below = bounds(limit, cursor)
        database = self._database

        def query(session: Session) -> Page[HubOrder]:
            statement = select(OrderRow).where(OrderRow.id < below, *_conditions(where))
            rows = session.exec(statement.order_by(col(OrderRow.id).desc()).limit(limit + 1)).all()
            return page(rows, limit, lambda row: row.id, lambda row: _as_order(row, session, database))

        return await database.read(query)

    async def order(self, channel: str, shop_id: str, channel_order_id: str) -> HubOrder:
        database = self._database
        return await database.read(lambda session: _as_order(_row(session, channel, shop_id, channel_order_id), session, database))

    async def order_lines(self, channel: str, shop_id: str, channel_order_id: str) -> Sequence[OrderLine]:
        def query(session: Session) -> list[OrderLine]:
            order = _row(session, channel, shop_id, channel_order_id)
            lines = select(OrderLineRow).where(OrderLineRow.order_id == order.id).order_by(col(OrderLineRow.number))
            return [OrderLine(line.sku_code, line.quantity) for line in session.exec(lines).all()]

        return await self._database.read(query)

    async def order_versions(
        self, channel: str, shop_id: str, channel_order_id: str, *, limit: int = 50, cursor: str | None = None
    ) -> Page[OrderVersion]:
        limit, below = bounds(limit, cursor)
        database = self._database

        def query(session: Session) -> Page[OrderVersion]:
            order = _row(session, channel, shop_id, channel_order_id)
            of_order = select(OrderVersionRow).where(OrderVersionRow.order_id == order.id, OrderVersionRow.id < below)
            rows = session.exec(of_order.order_by(col(OrderVersionRow.id).desc()).limit(limit + 1)).all()
            return page(rows, limit, lambda row: row.id, lambda row: _as_version(row, order, session, database))

        return await database.read(query)

    async def order_version(self, version_id: int) -> OrderVersion:
        database = self._database

        def query(session: Session) -> OrderVersion:
            row = session.get(OrderVersionRow, version_id) if abs(version_id) <= LARGEST else None
            order = None if row is None else session.get(OrderRow, row.order_id)
            if row is None or order is None:
                raise not_found("order.unknown_version")
            return _as_version(row, order, session, database)

        return await database.read(query)

    async def unshipped(
        self, due_before: datetime, made_before: datetime, channel: str | None = None, limit: int = 10_000
    ) -> Sequence[Unshipped]:
        due, made = (moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (due_before, made_before))
        shop, number, ship_by, created = (
            col(OrderRow.shop_id),
            col(OrderRow.channel_order_id),
            col(OrderRow.ship_by_at),
            col(OrderRow.created_at),
        )
        late = or_(ship_by <= due, ship_by.is_(None) & (created <= made))
        wanted = select_columns(col(OrderRow.channel), shop, number, col(OrderRow.status), ship_by, created)
        wanted = wanted.where(col(OrderRow.status).in_(SOLD_NOT_SHIPPED), late, *([col(OrderRow.channel) == channel] if channel else []))
        ordered = wanted.order_by(col(OrderRow.id)).limit(limit)
        rows = await self._database.read(lambda session: session.connection().execute(ordered).all())
        return [Unshipped(*row) for row in rows]

    async def order_counts(self) -> Mapping[str, int]:
        statement = select(CounterRow).where(col(CounterRow.name).startswith(ORDERS, autoescape=True))
        rows = await self._database.read(lambda session: session.exec(statement).all())
        return {row.name.removeprefix(ORDERS): row.number for row in rows}


def _row(session: Session, channel: str, shop_id: str, channel_order_id: str) -> OrderRow:
    same = (OrderRow.channel == channel, OrderRow.shop_id == shop_id, OrderRow.channel_order_id == channel_order_id)
    row = session.exec(select(OrderRow).where(*same)).first()
    if row is None:
        raise not_found("order.unknown")
    return row


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
        found = or_(number.icontains(where.text, autoescape=True), shown.icontains(where.text, autoescape=True))
        conditions.append(col(OrderRow.id).in_(select(OrderRow.id).where(found)))
    if where.sku:
        conditions.append(col(OrderRow.id).in_(select(OrderLineRow.order_id).where(col(OrderLineRow.sku_code).in_(spellings(where.sku)))))
    if where.subject is not None:
        conditions.append(col(OrderRow.id).in_(select(SubjectRow.order_id).where(SubjectRow.digest == where.subject)))
    if where.held is not None:
        identity = tuple_(col(OrderRow.channel), col(OrderRow.shop_id), col(OrderRow.channel_order_id))
        held = or_(_HELD, identity.in_(open_identities()))
        conditions.append(held if where.held else not_(held))
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
        body=_opened(row.body, row.id, row.event_id, session, database),
        event_id=row.event_id,
        updated_at=row.updated_at,
        hold_reasons=_reasons(row.hold_reasons),
        ship_by_at=row.ship_by_at,
    )


def _as_version(row: OrderVersionRow, order: OrderRow, session: Session, database: Database) -> OrderVersion:
    body = order.body if row.id == order.version_id else row.body
    return OrderVersion(
        id=row.id,
        version=row.version,
        outcome=cast("HubOutcome", row.outcome),
        status=row.status,
        currency=row.currency,
        amount_paid=row.amount_paid,
        hold_reasons=_reasons(row.hold_reasons),
        event_id=row.event_id,
        at=row.at,
        body=b"" if body is None else _opened(body, order.id, row.event_id, session, database),
    )


def _opened(body: bytes, order_id: int, event_id: int, session: Session, database: Database) -> bytes:
    """Empty where the key of the event that brought it is no more."""
    key_id = session.exec(select(EventRow.key_id).where(EventRow.id == event_id)).first()
    key = None if key_id is None else database.ring.get(key_id)
    return b"" if key is None else open_sealed(key, body, place("hub_order", "body", order_id))


def _reasons(text_of_list: str) -> tuple[str, ...]:
    return tuple(cast("list[str]", read_json(text_of_list))) if text_of_list else ()
