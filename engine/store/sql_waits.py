"""Waits in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from engine.errors import Conflict, Problem
from engine.json_text import read_json
from engine.store.connection import Connection
from engine.store.database import Database, Part
from engine.store.filters import OPEN_WAITS, WaitFilter
from engine.store.operations import ENDS
from engine.store.owners import take_over
from engine.store.pages import bounds, page
from engine.store.ports import Fact, Page, Wait, WaitKind, WaitState
from engine.store.problems import not_found
from engine.store.sql_incidents import keep_fact
from engine.store.tables import WaitRow
from engine.store.times import to_micros

_LOOK = "SELECT wait.run_id, wait.state, run.state FROM wait JOIN run ON run.id = wait.run_id WHERE wait.id = ?"
OPEN = text("wait.state = 'open'")
"""Written out, so that SQLite sees that the partial indexes serve."""


class SqlWaits(Part):
    async def waits(self, where: WaitFilter = OPEN_WAITS, *, limit: int = 50, cursor: str | None = None) -> Page[Wait]:
        limit, below = bounds(limit, cursor)
        conditions: list[Any] = [WaitRow.id < below]
        if where.state is not None:
            conditions.append(OPEN if where.state == "open" else WaitRow.state == where.state)
        if where.kind is not None:
            conditions.append(WaitRow.kind == where.kind)
        if where.flow is not None:
            conditions.append(WaitRow.flow == where.flow)
        if where.run_id is not None:
            conditions.append(WaitRow.run_id == where.run_id)
        statement = select(WaitRow).where(*conditions).order_by(col(WaitRow.id).desc()).limit(limit + 1)
        return await self._database.read(lambda session: page(session.exec(statement).all(), limit, lambda row: row.id, as_wait))

    async def wait(self, wait_id: int) -> Wait:
        return await self._database.read(lambda session: _found(session.get(WaitRow, wait_id)))

    async def wait_for_effect(self, effect: str) -> Wait:
        statement = select(WaitRow).where(WaitRow.effect == effect)
        return await self._database.read(lambda session: _found(session.exec(statement).first()))

    async def due_waits(self, until: datetime, *, limit: int = 200) -> Sequence[Wait]:
        statement = select(WaitRow).where(OPEN, col(WaitRow.due_at) <= until).order_by(col(WaitRow.due_at)).limit(limit)
        return await self._database.read(lambda session: [as_wait(row) for row in session.exec(statement).all()])

    async def wait_counts(self) -> Mapping[tuple[str, WaitKind], int]:
        return await self._database.read(_counts)

    async def close_wait(self, wait_id: int, at: datetime, fact: Fact | None = None) -> bool:
        return await self._close([wait_id], at, fact)

    async def close_waits(self, wait_ids: Sequence[int], at: datetime, fact: Fact) -> bool:
        return await self._close(wait_ids, at, fact)

    async def _close(self, wait_ids: Sequence[int], at: datetime, fact: Fact | None) -> bool:
        database = self._database
        return await database.write(lambda connection: close_waits(connection, database, wait_ids, to_micros(at), fact))


def _counts(session: Session) -> dict[tuple[str, WaitKind], int]:
    statement = select(WaitRow.flow, WaitRow.kind, func.count()).where(OPEN).group_by(col(WaitRow.flow), col(WaitRow.kind))
    return {(flow, cast("WaitKind", kind)): number for flow, kind, number in session.exec(statement).all()}


def wait_to_close(connection: Connection, wait_id: int, fact: Fact | None) -> tuple[int, str]:
    """Its run and the run's state. Raises ``NotFound`` (``wait.unknown``) or ``Conflict`` (``wait.closed``)."""
    found = connection.execute(_LOOK, (wait_id,)).fetchone()
    if found is None or (fact is not None and found[0] != fact.event_id):
        raise not_found("wait.unknown")
    if found[1] != "open":
        raise Conflict(Problem("wait.closed", fields={"state": found[1]}))
    return found[0], found[2]


def close_waits(connection: Connection, database: Database, wait_ids: Sequence[int], at: int, fact: Fact | None) -> bool:
    """For the writer's thread; ``at`` in microseconds. As ``close_waits`` of the port."""
    found = [wait_to_close(connection, wait_id, fact) for wait_id in wait_ids]
    run_id, state = found[0]
    goes_on = state not in ENDS
    if goes_on and fact is not None:
        keep_fact(connection, database, fact, at)
    closed = "done" if goes_on else "cancelled"
    connection.executemany("UPDATE wait SET state = ?, closed_at = ? WHERE id = ?", [(closed, at, wait_id) for wait_id in wait_ids])
    if goes_on:
        connection.execute("UPDATE run SET state = 'queued', ended_at = NULL WHERE id = ?", (run_id,))
        take_over(connection, [run_id], database.claim)
    return goes_on


def _found(row: WaitRow | None) -> Wait:
    if row is None:
        raise not_found("wait.unknown")
    return as_wait(row)


def as_wait(row: WaitRow) -> Wait:
    roles = tuple(cast("list[str]", read_json(row.roles)))
    kind, state = cast("WaitKind", row.kind), cast("WaitState", row.state)
    return Wait(
        row.id, row.run_id, row.flow, row.step, row.item_key, kind, row.effect, row.digest, row.due_at, roles, state, row.at, row.closed_at
    )
