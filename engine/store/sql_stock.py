"""Stock in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.store.connection import Connection
from engine.store.database import Part
from engine.store.sold_states import NOT_SOLD, SOLD_NOT_SHIPPED
from engine.store.sql_audit import append_audit
from engine.store.stock_records import (
    Holds,
    Sold,
    StockDay,
    StockLevel,
    StockLimit,
    StockSource,
    StockTake,
    TakeCounts,
    limit_detail,
)
from engine.store.stock_tables import StockDayRow, StockLevelRow, StockLimitRow, StockSourceRow
from engine.store.tables import OrderLineRow, OrderRow
from engine.store.write_stock import keep_stock

_LIMIT: Final = (
    "INSERT INTO stock_limit (sku_code, at_least, days) VALUES (?, ?, ?) ON CONFLICT (sku_code) DO UPDATE SET "
    "at_least = excluded.at_least, days = excluded.days"
)


class SqlStock(Part):
    async def keep_stock(self, take: StockTake) -> TakeCounts:
        return await self._database.write(lambda connection: keep_stock(connection, take))

    async def stock_levels(self) -> Sequence[StockLevel]:
        by = (StockLevelRow.sku_code, StockLevelRow.system, StockLevelRow.shop_id, StockLevelRow.warehouse)
        listed = select(StockLevelRow).where(col(StockLevelRow.listed).is_(True)).order_by(*map(col, by))
        return await self._database.read(lambda session: [_level(row) for row in session.exec(listed).all()])

    async def stock_sources(self) -> Sequence[StockSource]:
        wanted = select(StockSourceRow).order_by(col(StockSourceRow.system))

        def query(session: Session) -> list[StockSource]:
            return [StockSource(row.system, cast("Holds", row.holds), row.read_at, row.told_at) for row in session.exec(wanted).all()]

        return await self._database.read(query)

    async def sold(self, since: datetime) -> Mapping[str, Sold]:
        from_then = since.strftime("%Y-%m-%dT%H:%M:%SZ")

        def query(session: Session) -> dict[str, Sold]:
            still = _units(session, col(OrderRow.status).in_(SOLD_NOT_SHIPPED))
            since_then = col(OrderRow.created_at) >= from_then
            sold = _units(session, since_then, col(OrderRow.status).not_in(NOT_SOLD))
            return {sku: Sold(still.get(sku, 0), sold.get(sku, 0)) for sku in {*still, *sold}}

        return await self._database.read(query)

    async def stock_days(self, sku_code: str | None = None) -> Sequence[StockDay]:
        row = StockDayRow
        missed = select(row.sku_code).where(row.holds == "goods", col(row.quantity) <= 0)
        wanted = col(row.sku_code).in_(missed) if sku_code is None else col(row.sku_code) == sku_code
        by = (row.sku_code, row.day, row.system, row.shop_id, row.warehouse)
        found = select(row).where(wanted).order_by(*map(col, by))
        return await self._database.read(lambda session: [_day(one) for one in session.exec(found).all()])

    async def stock_limits(self) -> Mapping[str, StockLimit]:
        wanted = select(StockLimitRow).order_by(col(StockLimitRow.sku_code))
        rows = await self._database.read(lambda session: session.exec(wanted).all())
        return {row.sku_code: StockLimit(row.sku_code, row.at_least, row.days) for row in rows}

    async def set_stock_limit(self, limit: StockLimit, *, actor: str) -> None:
        def write(connection: Connection) -> None:
            if limit.at_least is None and limit.days is None:
                connection.execute("DELETE FROM stock_limit WHERE sku_code = ?", (limit.sku_code,))
            else:
                connection.execute(_LIMIT, (limit.sku_code, limit.at_least, limit.days))
            append_audit(connection, actor, "stock_limit.save", f"sku:{limit.sku_code}", limit_detail(limit))

        await self._database.write(write)


def _units(session: Session, *conditions: Any) -> dict[str, int]:
    quantity = sa.func.sum(col(OrderLineRow.quantity))
    lines = sa.select(col(OrderLineRow.sku_code), quantity).join(OrderRow, col(OrderRow.id) == col(OrderLineRow.order_id))
    grouped = lines.where(*conditions, col(OrderLineRow.sku_code) != "").group_by(col(OrderLineRow.sku_code))
    return {sku: int(units) for sku, units in session.connection().execute(grouped).all() if units}


def _level(row: StockLevelRow) -> StockLevel:
    holds = cast("Holds", row.holds)
    return StockLevel(row.system, row.shop_id, row.warehouse, row.sku_code, holds, row.quantity, row.at, row.reserved, row.listed)


def _day(row: StockDayRow) -> StockDay:
    level = StockLevel(row.system, row.shop_id, row.warehouse, row.sku_code, cast("Holds", row.holds), row.quantity, row.at)
    return StockDay(date.fromisoformat(row.day), level)
