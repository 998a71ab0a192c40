"""Incidents in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from engine.errors import Conflict, Problem
from engine.json_text import read_json
from engine.privacy.cipher import place, seal
from engine.store.connection import Connection
from engine.store.database import Database, Part
from engine.store.filters import OPEN_INCIDENTS, IncidentFilter
from engine.store.order_keys import order_keys
from engine.store.owners import take_over
from engine.store.pages import bounds, page
from engine.store.ports import Fact, Incident, IncidentState, Page
from engine.store.problems import not_found
from engine.store.short_words import short_fact
from engine.store.sql_audit import append_audit
from engine.store.tables import IncidentRow, RunRow
from engine.store.times import to_micros


class SqlIncidents(Part):
    async def incidents(self, where: IncidentFilter = OPEN_INCIDENTS, *, limit: int = 50, cursor: str | None = None) -> Page[Incident]:
        limit, below = bounds(limit, cursor)

        def query(session: Session) -> Page[Incident]:
            statement = select(IncidentRow).where(IncidentRow.id < below, *_conditions(session, where))
            rows = session.exec(statement.order_by(col(IncidentRow.id).desc()).limit(limit + 1)).all()
            return page(rows, limit, lambda row: row.id, _as_incident)

        return await self._database.read(query)

    async def incident_counts(self) -> Mapping[tuple[str, str], int]:
        open_ones = select(IncidentRow.flow, IncidentRow.step, func.count()).where(IncidentRow.state == "open")
        statement = open_ones.group_by(col(IncidentRow.flow), col(IncidentRow.step))
        rows = await self._database.read(lambda session: session.exec(statement).all())
        return {(flow, step): number for flow, step, number in rows}

    async def incident(self, incident_id: int) -> Incident:
        row = await self._database.get(IncidentRow, incident_id)
        if row is None:
            raise not_found("incident.unknown")
        return _as_incident(row)

    async def close_incident(self, incident_id: int, state: IncidentState, fact: Fact) -> None:
        """Raises ``NotFound`` (``incident.unknown``, ``event.erased``) or ``Conflict`` (``incident.closed``: somebody was quicker)."""
        database = self._database
        await database.write(lambda connection: _close(connection, database, incident_id, state, fact))


def _conditions(session: Session, where: IncidentFilter) -> list[Any]:
    conditions: list[Any] = []
    if where.state is not None:
        conditions.append(IncidentRow.state == where.state)
    if where.run_id is not None:
        conditions.append(IncidentRow.run_id == where.run_id)
    if where.flow is not None:
        conditions.append(IncidentRow.flow == where.flow)
    if where.step is not None:
        conditions.append(IncidentRow.step == where.step)
    if where.code is not None:
        part = col(IncidentRow.code).startswith(f"{where.code}.", autoescape=True)
        conditions.append(or_(col(IncidentRow.code) == where.code, part))
    if where.order is not None:
        same = select(RunRow.id).where(col(RunRow.order_key).in_(order_keys(session, where.order)))
        conditions.append(col(IncidentRow.run_id).in_(same))
    return conditions


def _close(connection: Connection, database: Database, incident_id: int, state: IncidentState, fact: Fact) -> None:
    found = connection.execute("SELECT run_id, state FROM incident WHERE id = ?", (incident_id,)).fetchone()
    if found is None or found[0] != fact.event_id:
        raise not_found("incident.unknown")
    if found[1] != "open":
        raise Conflict(Problem("incident.closed", fields={"state": found[1]}))
    at = to_micros(fact.at)
    keep_fact(connection, database, fact, at)
    connection.execute("UPDATE incident SET state = ?, closed_at = ? WHERE id = ?", (state, at, incident_id))
    connection.execute("UPDATE run SET state = 'queued', ended_at = NULL WHERE id = ?", (fact.event_id,))
    take_over(connection, [fact.event_id], database.claim)
    append_audit(connection, fact.actor, "incident.close", str(incident_id), {"run": str(fact.event_id), "state": state})


def keep_fact(connection: Connection, database: Database, fact: Fact, at: int) -> None:
    (key_id,) = connection.execute("SELECT key_id FROM event WHERE id = ?", (fact.event_id,)).fetchone()
    key = database.ring.get(key_id)
    if key is None:
        raise not_found("event.erased")
    body = seal(key, fact.body, place("fact", "body", f"{fact.event_id}/{fact.number}"))
    row = (fact.event_id, fact.number, *short_fact(fact.kind, fact.actor), at, body)
    connection.execute("INSERT INTO fact (event_id, number, kind, actor, at, body) VALUES (?, ?, ?, ?, ?, ?)", row)


def _as_incident(row: IncidentRow) -> Incident:
    where, fields = tuple(cast("list[str]", read_json(row.place))), cast("dict[str, Any]", read_json(row.fields))
    state = cast("IncidentState", row.state)
    return Incident(row.id, row.run_id, row.flow, row.step, row.item_key, row.code, where, fields, state, row.at, row.closed_at)
