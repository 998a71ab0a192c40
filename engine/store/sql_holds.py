"""Holds in SQL: waits, and the orders that they keep back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session, col, select

from engine.errors import Conflict, Problem
from engine.json_text import read_json
from engine.order.rules import Unmatched
from engine.store.connection import Connection
from engine.store.database import LARGEST, Database, Part
from engine.store.filters import OPEN_HOLDS, HoldFilter
from engine.store.hub import is_overtaken
from engine.store.pages import bounds, page
from engine.store.ports import Fact, Hold, HoldClosing, HoldEnd, HoldState, NewHold, Page
from engine.store.problems import not_found
from engine.store.sql_waits import OPEN, close_waits
from engine.store.tables import HoldRow, OrderRow, WaitRow
from engine.store.times import to_micros

_END = "UPDATE hub_hold SET ended_how = ?, ended_by = ? WHERE wait_id = ?"
_FREE = (
    "UPDATE hub_order SET hold_reasons = '' WHERE hold_reasons <> '' AND (channel, shop_id, channel_order_id, version) IN "
    "(SELECT channel, shop_id, channel_order_id, version FROM hub_hold WHERE wait_id = ?)"
)
_NEWEST = (
    col(OrderRow.channel) == HoldRow.channel,
    col(OrderRow.shop_id) == HoldRow.shop_id,
    col(OrderRow.channel_order_id) == HoldRow.channel_order_id,
)
OVERTAKEN = (HoldRow.wait_id == WaitRow.id, WaitRow.kind == "hold", OPEN, *_NEWEST, col(HoldRow.version) != OrderRow.version)
"""Open holds whose order has another version by now, which may be an older one."""


class SqlHolds(Part):
    async def holds(self, where: HoldFilter = OPEN_HOLDS, *, limit: int = 50, cursor: str | None = None) -> Page[Hold]:
        limit, below = bounds(limit, cursor)
        found = select(WaitRow, HoldRow).where(HoldRow.wait_id == WaitRow.id, WaitRow.id < below, *_conditions(where))
        statement = found.order_by(col(WaitRow.id).desc()).limit(limit + 1)

        def query(session: Session) -> Page[Hold]:
            return page(session.exec(statement).all(), limit, lambda row: row[0].id, lambda row: _as_hold(*row))

        return await self._database.read(query)

    async def hold(self, hold_id: int) -> Hold:
        statement = select(WaitRow, HoldRow).where(HoldRow.wait_id == WaitRow.id, WaitRow.id == hold_id)
        row = await self._database.read(lambda session: session.exec(statement).first()) if abs(hold_id) <= LARGEST else None
        if row is None:
            raise not_found("hold.unknown")
        return _as_hold(*row)

    async def overtaken_holds(self) -> Sequence[Hold]:
        return await self._database.read(_overtaken)

    async def close_hold(self, hold_id: int, at: datetime, how: HoldEnd, fact: Fact) -> bool:
        database = self._database
        return await database.write(lambda connection: _close(connection, database, hold_id, to_micros(at), how, fact))

    async def close_holds(self, closings: Sequence[HoldClosing], at: datetime) -> None:
        database = self._database
        await database.write(lambda connection: _close_all(connection, database, closings, to_micros(at)))


def open_identities() -> Any:
    """The orders that are held now."""
    held = select(HoldRow.channel, HoldRow.shop_id, HoldRow.channel_order_id)
    return held.where(HoldRow.wait_id == WaitRow.id, WaitRow.kind == "hold", OPEN)


def _conditions(where: HoldFilter) -> list[Any]:
    conditions: list[Any] = [WaitRow.kind == "hold"]
    if where.state is not None:
        conditions.append(OPEN if where.state == "open" else WaitRow.state == where.state)
    if where.reason is not None:
        conditions.append(col(HoldRow.reasons).contains(f'"{where.reason}"', autoescape=True))
    if where.channel is not None:
        conditions.append(HoldRow.channel == where.channel)
    if where.order is not None:
        channel, shop_id, number = where.order
        conditions += [HoldRow.channel == channel, HoldRow.shop_id == shop_id, HoldRow.channel_order_id == number]
    return conditions


def _overtaken(session: Session) -> list[Hold]:
    found = select(WaitRow, HoldRow, OrderRow.version, OrderRow.event_id).where(*OVERTAKEN)
    rows = session.exec(found.order_by(col(WaitRow.id))).all()
    found = [(_as_hold(wait, hold), newest, event) for wait, hold, newest, event in rows]
    return [hold for hold, newest, event in found if is_overtaken(hold.order.version, hold.run_id, newest, event, hold.at)]


def _close(connection: Connection, database: Database, hold_id: int, at: int, how: HoldEnd, fact: Fact) -> bool:
    goes_on = close_waits(connection, database, [hold_id], at, fact)
    if goes_on:
        connection.execute(_END, (how, fact.actor, hold_id))
        if how == "released":
            connection.execute(_FREE, (hold_id,))
    return goes_on


def _close_all(connection: Connection, database: Database, closings: Sequence[HoldClosing], at: int) -> None:
    for one in closings:
        if not _close(connection, database, one.hold_id, at, one.how, one.fact):
            raise Conflict(Problem("wait.closed", fields={"state": "cancelled"}))  # what was written is undone


def _as_hold(wait: WaitRow, row: HoldRow) -> Hold:
    reasons = tuple(cast("list[str]", read_json(row.reasons)))
    missing = tuple(Unmatched(**one) for one in cast("list[dict[str, str]]", read_json(row.missing) if row.missing else []))
    order = NewHold(row.channel, row.shop_id, row.channel_order_id, row.version, reasons, missing)
    state = cast("HoldState", wait.state)
    return Hold(wait.id, wait.run_id, wait.flow, wait.step, order, state, wait.at, wait.closed_at, row.ended_how, row.ended_by)
