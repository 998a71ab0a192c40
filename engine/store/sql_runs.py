"""Runs, read from SQL; and the adoption of those whose process is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BigInteger, func, text, type_coerce
from sqlmodel import Session, col, select

from engine.errors import Conflict, Problem
from engine.store.connection import Connection
from engine.store.counters import RUNS
from engine.store.database import Database, Part
from engine.store.ids import id_at
from engine.store.order_keys import NOT_DONE, order_keys
from engine.store.owners import adopt, open_runs_of, take_over
from engine.store.pages import bounds, page
from engine.store.ports import RESTING_STATES, Event, Fact, Page, Run, RunFilter, RunState
from engine.store.problems import not_found
from engine.store.spans import BEFORE, within
from engine.store.sql_events import events_by_id
from engine.store.sql_incidents import keep_fact
from engine.store.tables import CounterRow, RunRow
from engine.store.times import to_micros


class SqlRuns(Part):
    async def run(self, run_id: int) -> Run:
        row = await self._database.get(RunRow, run_id)
        if row is None:
            raise not_found("run.unknown")
        return as_run(row)

    async def move_run(self, fact: Fact, version: int, fingerprint: str) -> None:
        database = self._database
        await database.write(lambda connection: _move(connection, database, fact, version, fingerprint))

    async def runs(self, where: RunFilter, *, limit: int = 50, cursor: str | None = None) -> Page[Run]:
        """Newest first. ``where.order`` is an order key, or the number of an order that the hub holds."""
        limit, below = bounds(limit, cursor)

        def query(session: Session) -> Page[Run]:
            statement = select(RunRow).where(RunRow.id < below, *_conditions(session, where))
            rows = session.exec(statement.order_by(col(RunRow.id).desc()).limit(limit + 1)).all()
            return page(rows, limit, lambda row: row.id, as_run)

        return await self._database.read(query)

    async def run_counts(self) -> Mapping[tuple[str, RunState], int]:
        return await self._database.read(_counts)

    async def run_counts_since(self, since: datetime) -> Mapping[str, int]:
        flow = col(RunRow.flow).concat(text("''"))  # grouped by the column itself, SQLite would walk its index: all runs there are
        recent = select(flow, func.count()).where(RunRow.id >= id_at(since - BEFORE), RunRow.accepted_at >= since).group_by(flow)
        rows = await self._database.read(lambda session: session.exec(recent).all())
        return {str(name): number for name, number in rows}

    async def accepted_by_second(self, since: datetime) -> Mapping[int, int]:
        second = ((type_coerce(col(RunRow.accepted_at), BigInteger) - to_micros(since)) // 1_000_000).label("second")
        recent = select(second, func.count()).where(RunRow.id >= id_at(since - BEFORE), RunRow.accepted_at >= since).group_by("second")
        rows = await self._database.read(lambda session: session.exec(recent).all())
        return {int(number): count for number, count in rows}

    async def open_runs(self, *, after: int = 0, limit: int | None = None) -> Sequence[Event]:
        database = self._database
        if after == 0:
            await database.write(lambda connection: adopt(connection, database.base.slots, database.claim))
        ids = await database.write(lambda connection: open_runs_of(connection, database.claim, after, limit))
        return await database.read(lambda session: events_by_id(session, database, ids))

    async def adopt_runs(self) -> Sequence[Event]:
        database = self._database
        ids = await database.write(lambda connection: adopt(connection, database.base.slots, database.claim))
        return await database.read(lambda session: events_by_id(session, database, ids))

    async def parked_order_keys(self) -> Sequence[tuple[str, str]]:
        statement = select(RunRow.flow, RunRow.order_key).where(NOT_DONE, RunRow.state == "parked")
        rows = await self._database.read(lambda session: session.exec(statement).all())
        return list(dict.fromkeys((flow, order_key) for flow, order_key in rows))


def _conditions(session: Session, where: RunFilter) -> list[Any]:
    conditions = within(col(RunRow.id), col(RunRow.accepted_at), where.since, where.until)
    if where.flow is not None:
        conditions.append(RunRow.flow == where.flow)
    if where.state is not None:
        conditions.append(RunRow.state == where.state)
        if where.state != "done":
            conditions.append(NOT_DONE)
    if where.order is not None:
        conditions.append(col(RunRow.order_key).in_(order_keys(session, where.order)))
    return conditions


def _counts(session: Session) -> dict[tuple[str, RunState], int]:
    """All runs from the counters, those that are not done from the partial index; the rest are done."""
    counters = session.exec(select(CounterRow).where(col(CounterRow.name).startswith(RUNS, autoescape=True))).all()
    done = Counter({row.name.removeprefix(RUNS): row.number for row in counters})
    states = select(RunRow.flow, RunRow.state, func.count()).where(NOT_DONE).group_by(col(RunRow.state), col(RunRow.flow))
    counts: dict[tuple[str, RunState], int] = {}
    for flow, state, number in session.exec(states).all():
        counts[flow, cast("RunState", state)] = number
        done[flow] -= number
    for flow, number in done.items():
        if number > 0:
            counts[flow, "done"] = number
    return counts


def _move(connection: Connection, database: Database, fact: Fact, version: int, fingerprint: str) -> None:
    found = connection.execute("SELECT state FROM run WHERE id = ?", (fact.event_id,)).fetchone()
    if found is None:
        raise not_found("run.unknown")
    if found[0] not in RESTING_STATES:
        raise Conflict(Problem("run.not_movable", (str(fact.event_id),), {"state": found[0]}))
    keep_fact(connection, database, fact, to_micros(fact.at))
    connection.execute("UPDATE event SET version = ? WHERE id = ?", (version, fact.event_id))
    moved = "UPDATE run SET state = 'queued', ended_at = NULL, version = ?, fingerprint = ? WHERE id = ?"
    connection.execute(moved, (version, fingerprint, fact.event_id))
    take_over(connection, [fact.event_id], database.claim)


def as_run(row: RunRow) -> Run:
    state = cast("RunState", row.state)
    return Run(row.id, row.flow, row.version, state, row.order_key, row.accepted_at, row.ended_at, row.fingerprint)
