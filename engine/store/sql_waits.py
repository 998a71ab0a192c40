"""Waits in SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from engine.errors import Conflict, Problem
from engine.json_text import read_json
from engine.store.database import Database, Part
from engine.store.operations import ENDS
from engine.store.pages import bounds, page
from engine.store.ports import Fact, Page, Wait, WaitKind, WaitState
from engine.store.problems import not_found
from engine.store.sql_incidents import keep_fact
from engine.store.tables import WaitRow
from engine.store.times import to_micros

_LOOK = "SELECT wait.run_id, wait.state, run.state FROM wait JOIN run ON run.id = wait.run_id WHERE wait.id = ?"
_OPEN = text("wait.state = 'open'")
"""Written out, so that SQLite sees that the partial indexes serve."""


class SqlWaits(Part):
    async def waits(
        self,
        *,
        state: WaitState | None = "open",
        kind: WaitKind | None = None,
        flow: str | None = None,
        run_id: int | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Wait]:
        limit, below = bounds(limit, cursor)
        conditions: list[Any] = [WaitRow.id < below]
        if state is not None:
            conditions.append(_OPEN if state == "open" else WaitRow.state == state)
        if kind is not None:
            conditions.append(WaitRow.kind == kind)
        if flow is not None:
            conditions.append(WaitRow.flow == flow)
        if run_id is not None:
            conditions.append(WaitRow.run_id == run_id)
        statement = select(WaitRow).where(*conditions).order_by(col(WaitRow.id).desc()).limit(limit + 1)
        return await self._database.read(lambda session: page(session.exec(statement).all(), limit, lambda row: row.id, _as_wait))

    async def wait(self, wait_id: int) -> Wait:
        return await self._database.read(lambda session: _found(session.get(WaitRow, wait_id)))

    async def wait_for_effect(self, effect: str) -> Wait:
        statement = select(WaitRow).where(WaitRow.effect == effect)
        return await self._database.read(lambda session: _found(session.exec(statement).first()))

    async def due_waits(self, until: datetime, *, limit: int = 200) -> Sequence[Wait]:
        statement = select(WaitRow).where(_OPEN, col(WaitRow.due_at) <= until).order_by(col(WaitRow.due_at)).limit(limit)
        return await self._database.read(lambda session: [_as_wait(row) for row in session.exec(statement).all()])

    async def wait_counts(self) -> Mapping[tuple[str, WaitKind], int]:
        return await self._database.read(_counts)

    async def close_wait(self, wait_id: int, at: datetime, fact: Fact | None = None) -> bool:
        database = self._database
        return await database.write(lambda connection: _close(connection, database, wait_id, to_micros(at), fact))


def _counts(session: Session) -> dict[tuple[str, WaitKind], int]:
    statement = select(WaitRow.flow, WaitRow.kind, func.count()).where(_OPEN).group_by(col(WaitRow.flow), col(WaitRow.kind))
    return {(flow, cast("WaitKind", kind)): number for flow, kind, number in session.exec(statement).all()}


def _close(connection: sqlite3.Connection, database: Database, wait_id: int, at: int, fact: Fact | None) -> bool:
    found = connection.execute(_LOOK, (wait_id,)).fetchone()
    if found is None or (fact is not None and found[0] != fact.event_id):
        raise not_found("wait.unknown")
    if found[1] != "open":
        raise Conflict(Problem("wait.closed", fields={"state": found[1]}))
    goes_on = found[2] not in ENDS
    if goes_on and fact is not None:
        keep_fact(connection, database, fact, at)
    connection.execute("UPDATE wait SET state = ?, closed_at = ? WHERE id = ?", ("done" if goes_on else "cancelled", at, wait_id))
    if goes_on:
        connection.execute("UPDATE run SET state = 'queued', ended_at = NULL, owner = ? WHERE id = ?", (database.owner, found[0]))
    return goes_on


def _found(row: WaitRow | None) -> Wait:
    if row is None:
        raise not_found("wait.unknown")
    return _as_wait(row)


def _as_wait(row: WaitRow) -> Wait:
    roles = tuple(cast("list[str]", read_json(row.roles)))
    kind, state = cast("WaitKind", row.kind), cast("WaitState", row.state)
    return Wait(
        row.id, row.run_id, row.flow, row.step, row.item_key, kind, row.effect, row.digest, row.due_at, roles, state, row.at, row.closed_at
    )
