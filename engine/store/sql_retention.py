"""Retention and erasure, in SQL. Keys are destroyed first: what a crash leaves in between is unreadable, and goes next time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import TextClause, bindparam, text
from sqlmodel import Session

from engine.errors import Conflict, Problem
from engine.store.connection import Connection
from engine.store.counters import add_to_counters, runs_of
from engine.store.database import Database, Part
from engine.store.ids import id_at
from engine.store.old_runs import Ended, old_among
from engine.store.operations import ENDS
from engine.store.problems import not_found
from engine.store.retention import ALL, Among, OldRuns
from engine.store.rows import select
from engine.store.sql_audit import append_audit
from engine.store.times import from_micros, to_micros

_ENDED = ", ".join(f"'{state}'" for state in sorted(ENDS))
_NTH = "SELECT id FROM run WHERE {among} ORDER BY id DESC LIMIT 1 OFFSET :number"
_DOUBT = "EXISTS (SELECT 1 FROM incident WHERE incident.run_id = {run}.id AND incident.state = 'open')"
_OPEN_CALLED = (
    "EXISTS (SELECT 1 FROM call JOIN run AS called ON called.id = call.child_id WHERE call.root_id = run.id "  # noqa: S608
    f"AND (called.state NOT IN ({_ENDED}) OR {_DOUBT.format(run='called')}))"
)
_CALLED = "EXISTS (SELECT 1 FROM call WHERE call.child_id = run.id)"
_NEXT = f"""
SELECT run.id, run.state, run.accepted_at, run.ended_at,
  (SELECT max(called.ended_at) FROM call JOIN run AS called ON called.id = call.child_id WHERE call.root_id = run.id),
  {_DOUBT.format(run="run")} OR {_OPEN_CALLED}, {_CALLED}
FROM run WHERE run.id > :after AND {{among}} ORDER BY run.id LIMIT :most
"""  # noqa: S608
_STILL_OLD = (
    "SELECT run.id, run.flow, event.key_id FROM run JOIN event ON event.id = run.id "  # noqa: S608
    f"WHERE run.state IN ({_ENDED}) AND NOT {_DOUBT.format(run='run')} AND NOT {_OPEN_CALLED} AND NOT {_CALLED} AND run.id IN"
)
_FAMILY = "SELECT run.id, run.flow FROM call JOIN run ON run.id = call.child_id WHERE call.root_id IN"
_ROOT = "SELECT root_id FROM call WHERE child_id = ?"
_MEMBERS = "SELECT run.id, run.state FROM call JOIN run ON run.id = call.child_id WHERE call.root_id = ?"
_DELETIONS = tuple(f"DELETE FROM {table} WHERE {column} = ?" for table, column in (  # noqa: S608 - our own words
    ("fact", "event_id"), ("incident", "run_id"), ("wait", "run_id"), ("hub_hold", "run_id"),
    ("hub_subject", "event_id"), ("shipment", "event_id"), ("call", "child_id"), ("event", "id"), ("run", "id"),
))  # fmt: skip
_OF_EVENT = "SELECT parcel.id FROM parcel JOIN hub_order USING (channel, shop_id, channel_order_id) WHERE hub_order.event_id = ?"
_ORDERS_OF_EVENT = "SELECT channel, shop_id, channel_order_id FROM hub_order WHERE event_id = ?"
_PARCELS = (
    f"DELETE FROM parcel_track WHERE parcel_id IN ({_OF_EVENT})",  # noqa: S608 - our own words
    f"DELETE FROM parcel WHERE id IN ({_OF_EVENT})",  # noqa: S608
    f"DELETE FROM shipment WHERE (channel, shop_id, channel_order_id) IN ({_ORDERS_OF_EVENT})",  # noqa: S608
)
"""The blind index of waybills goes with what it finds."""
_SHIPMENTS = "DELETE FROM shipment WHERE event_id = ?"
_OLD_PARCELS = (
    "DELETE FROM parcel_track WHERE parcel_id IN (SELECT id FROM parcel WHERE moved_at < ?)",
    "DELETE FROM parcel WHERE moved_at < ?",
)
_KEYS = text("SELECT digest, event_id FROM event_key WHERE digest > :after ORDER BY digest LIMIT :most")


class SqlRetention(Part):
    async def nth_newest_run(self, number: int, among: Among = ALL) -> int:
        statement, values = _among(_NTH, among)

        def query(session: Session) -> int:
            return int(session.connection().execute(statement, {"number": number, **values}).scalar() or 0)

        return await self._database.read(query)

    async def old_runs(self, before: datetime | None, upto: int, *, after: int = 0, limit: int = 200, among: Among = ALL) -> OldRuns:
        statement, chosen = _among(_NEXT, among)

        def query(session: Session) -> OldRuns:
            rows = session.connection().execute(statement, {"after": after, "most": limit, **chosen})
            return old_among((_ended(row) for row in rows), before, upto, limit)

        return await self._database.read(query)

    async def delete_runs(self, run_ids: Sequence[int]) -> int:
        database = self._database
        return await database.write(lambda connection: _delete(connection, database, run_ids))

    async def forget_keys(self, before: datetime, *, after: bytes = b"", limit: int = 1000) -> bytes | None:
        def query(session: Session) -> list[tuple[bytes, int]]:
            return [(bytes(digest), event) for digest, event in session.connection().execute(_KEYS, {"after": after, "most": limit})]

        known, least = await self._database.read(query), id_at(before)
        old = [(digest,) for digest, event_id in known if event_id < least]
        if old:
            statement = "DELETE FROM event_key WHERE digest = ?"
            await self._database.write(lambda connection: connection.executemany(statement, old).rowcount)
        return known[-1][0] if len(known) == limit else None

    async def shrink(self, pages: int) -> int:
        database = self._database
        return await database.write(lambda connection: database.base.shrink(connection, pages))

    async def delete_parcels(self, before: datetime) -> int:
        at = to_micros(before)

        def delete(connection: Connection) -> int:
            return [connection.execute(statement, (at,)).rowcount for statement in _OLD_PARCELS][-1]

        return await self._database.write(delete)

    async def settle_files(self) -> None:
        await asyncio.to_thread(self._database.base.settle)

    async def erase_event(self, event_id: int, actor: str) -> None:
        database = self._database
        await database.write(lambda connection: _erase(connection, database, event_id, actor))
        await self.settle_files()


def _among(statement: str, among: Among) -> tuple[TextClause, dict[str, Any]]:
    """The statement for the runs that are meant, and its values."""
    if among.flow is not None:
        return text(statement.format(among="run.flow = :flow")), {"flow": among.flow}
    if among.besides:
        besides = text(statement.format(among="run.flow NOT IN :besides")).bindparams(bindparam("besides", expanding=True))
        return besides, {"besides": list(among.besides)}
    return text(statement.format(among="1 = 1")), {}


def _ended(row: Any) -> Ended:
    run_id, state, accepted_at, ended_at, last_ended_at, is_open, is_called = row
    over = None if ended_at is None else from_micros(max(ended_at, last_ended_at or 0))
    return Ended(run_id, state, from_micros(accepted_at), over, bool(is_open), bool(is_called))


def _delete(connection: Connection, database: Database, run_ids: Sequence[int]) -> int:
    """A run goes together with all that it called, which share its key; none of them goes alone."""
    found = list(select(connection, _STILL_OLD, "(?)", [(run_id,) for run_id in run_ids]))
    if not found:
        return 0
    database.ring.destroy([key_id for _, _, key_id in found])
    runs = [(run_id, flow) for run_id, flow, _ in found]
    runs += list(select(connection, _FAMILY, "(?)", [(run_id,) for run_id, _ in runs]))
    for statement in (*_PARCELS, *_DELETIONS):
        connection.executemany(statement, [(run_id,) for run_id, _ in runs])
    fewer = Counter(runs_of(flow) for _, flow in runs)
    add_to_counters(connection, {name: -number for name, number in fewer.items()})
    return len(runs)


def _erase(connection: Connection, database: Database, event_id: int, actor: str) -> None:
    found = connection.execute(
        "SELECT event.key_id, run.state FROM event JOIN run ON run.id = event.id WHERE event.id = ?", (event_id,)
    ).fetchone()
    if found is None:
        raise not_found("event.unknown")
    key_id, state = found
    root = connection.execute(_ROOT, (event_id,)).fetchone()
    if root is not None:
        raise Conflict(Problem("event.was_called", fields={"run": str(root[0])}))
    family = [(event_id, state), *connection.execute(_MEMBERS, (event_id,)).fetchall()]
    for _, state in family:
        if state not in ENDS:
            raise Conflict(Problem("event.still_open", fields={"state": state}))
    if database.ring.destroyed([key_id]):
        return
    append_audit(connection, actor, "event.erase", f"event:{event_id}", {})
    at = to_micros(datetime.now(UTC))
    close = "UPDATE incident SET state = 'cancelled', closed_at = ? WHERE run_id = ? AND state = 'open'"
    connection.executemany(close, [(at, member) for member, _ in family])
    for statement in ("DELETE FROM hub_subject WHERE event_id = ?", *_PARCELS, _SHIPMENTS):
        connection.executemany(statement, [(member,) for member, _ in family])
    for member, _ in family:
        database.journal.forget(member)
    database.ring.destroy([key_id])
