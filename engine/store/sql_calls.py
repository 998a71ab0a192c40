"""Runs that call runs, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, text
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from engine.store.connection import Connection
from engine.store.database import Database, Part
from engine.store.operations import ENDS, deadline_effect
from engine.store.pages import bounds, page
from engine.store.ports import ChildRun, Fact, NewIncident, Page, Run, Wait
from engine.store.sql_incidents import keep_fact
from engine.store.sql_runs import as_run
from engine.store.sql_waits import as_wait, wait_to_close
from engine.store.tables import CallRow, RunRow, WaitRow
from engine.store.times import to_micros
from engine.store.write_incidents import INSERT, incident_row
from engine.store.write_notices import notice_incidents

EFFECT = 32
"""Digits of an effect id; what waits for it is called so, or so and ``/n``."""
_OPEN = text("wait.state = 'open'")
_CHILD_NOT_DONE = text("child.state <> 'done'")
"""Written out, so that the partial index `run_not_done` serves."""


class SqlCalls(Part):
    async def call_of(self, child: int) -> ChildRun | None:
        row = await self._database.get(CallRow, child)
        return None if row is None else _as_call(row)

    async def children(self, parent: int, *, limit: int = 50, cursor: str | None = None) -> Page[Run]:
        limit, below = bounds(limit, cursor)
        statement = select(RunRow).join(CallRow, col(CallRow.child_id) == RunRow.id)
        statement = statement.where(CallRow.parent_id == parent, RunRow.id < below).order_by(col(RunRow.id).desc()).limit(limit + 1)
        return await self._database.read(lambda session: page(session.exec(statement).all(), limit, lambda row: row.id, as_run))

    async def open_children(self, parent: int) -> Sequence[int]:
        statement = select(RunRow.id).join(CallRow, col(CallRow.child_id) == RunRow.id)
        statement = statement.where(CallRow.parent_id == parent, col(RunRow.state).not_in(ENDS)).order_by(col(RunRow.id))
        return await self._database.read(lambda session: session.exec(statement).all())

    async def unanswered(self, parent: int | None = None, *, limit: int = 500) -> Sequence[tuple[ChildRun, Wait]]:
        statement = (
            select(CallRow, WaitRow)
            .join(WaitRow, func.substr(WaitRow.effect, 1, EFFECT) == CallRow.effect)
            .join(RunRow, col(RunRow.id) == CallRow.child_id)
            .where(_OPEN, WaitRow.kind == "child", col(RunRow.state).in_(ENDS))
        )
        if parent is not None:
            statement = statement.where(WaitRow.run_id == parent)
        rows = statement.order_by(col(CallRow.child_id)).limit(limit)
        return await self._database.read(lambda session: [(_as_call(call), as_wait(wait)) for call, wait in session.exec(rows).all()])

    async def orphans(self, *, limit: int = 500) -> Sequence[int]:
        parent, child = aliased(RunRow), aliased(RunRow, name="child")
        statement = (
            select(CallRow.child_id)
            .join(child, col(child.id) == CallRow.child_id)
            .join(parent, col(parent.id) == CallRow.parent_id)
            .where(_CHILD_NOT_DONE, col(child.state).not_in(ENDS), col(parent.state).in_(ENDS))
            .order_by(col(CallRow.child_id))
            .limit(limit)
        )
        return await self._database.read(lambda session: session.exec(statement).all())

    async def pass_deadline(self, wait_id: int, at: datetime, fact: Fact, incident: NewIncident) -> bool:
        database = self._database
        return await database.write(lambda connection: _pass(connection, database, wait_id, at, fact, incident))

    async def deadline_of(self, run_id: int) -> datetime | None:
        statement = select(WaitRow.due_at).where(WaitRow.effect == deadline_effect(run_id))
        return await self._database.read(lambda session: session.exec(statement).first())


def _pass(connection: Connection, database: Database, wait_id: int, at: datetime, fact: Fact, incident: NewIncident) -> bool:
    run_id, state = wait_to_close(connection, wait_id, fact)
    goes_on = state not in ENDS
    connection.execute(
        "UPDATE wait SET state = ?, closed_at = ? WHERE id = ?", ("done" if goes_on else "cancelled", to_micros(at), wait_id)
    )
    if goes_on:
        keep_fact(connection, database, fact, to_micros(at))
        ids = database.journal.ids
        row = incident_row(run_id, incident, at, ids)
        connection.execute(INSERT, row)
        notice_incidents(connection, run_id, [row[0]], ids)
    return goes_on


def _as_call(row: CallRow) -> ChildRun:
    return ChildRun(row.child_id, row.parent_id, row.effect, row.depth)
