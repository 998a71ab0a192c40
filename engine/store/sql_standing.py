"""Runs that stand still, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlmodel import Session

from engine.json_text import canonical_json
from engine.store.connection import Connection
from engine.store.database import Part
from engine.store.ids import IdSequence
from engine.store.operations import ENDS
from engine.store.ports import OPEN_STATES, NewIncident, RunState
from engine.store.standing import Resting, Unmoved
from engine.store.times import from_micros, to_micros

_OPEN = ", ".join(f"'{state}'" for state in OPEN_STATES)
_ENDED = ", ".join(f"'{state}'" for state in sorted(ENDS))
_AHEAD = f"""
SELECT min(front.id) FROM run AS front JOIN event AS brought ON brought.id = front.id
WHERE front.order_key = run.order_key AND front.flow = run.flow AND front.id < run.id AND front.state NOT IN ({_ENDED})
AND NOT brought.passes
"""  # noqa: S608 - our own words
_UNMOVED = text(f"""
SELECT looked.*, front.state FROM (
  SELECT run.id, run.flow, event."trigger", run.order_key, run.state, event.passes, run.accepted_at,
    (SELECT max(fact.at) FROM fact WHERE fact.event_id = run.id) AS fact_at,
    (SELECT max(wait.closed_at) FROM wait WHERE wait.run_id = run.id) AS wait_at,
    (SELECT max(incident.closed_at) FROM incident WHERE incident.run_id = run.id) AS incident_at,
    ({_AHEAD}) AS ahead
  FROM run JOIN event ON event.id = run.id
  WHERE run.state <> 'done' AND run.state IN ({_OPEN}) AND run.accepted_at < :before AND run.id > :after
  ORDER BY run.id LIMIT :most
) AS looked LEFT JOIN run AS front ON front.id = looked.ahead ORDER BY looked.id
""")  # noqa: S608
_BEHIND = text("""
SELECT count(*) FROM run AS front JOIN run ON run.order_key = front.order_key AND run.flow = front.flow JOIN event ON event.id = run.id
WHERE front.id = :run AND front.state IN ('parked', 'waiting') AND run.id > front.id AND run.state = 'queued' AND NOT event.passes
""")
_RESTING = """
SELECT run.id, run.version, event."trigger", run.order_key, run.state FROM run JOIN event ON event.id = run.id
WHERE NOT event.passes AND run.flow = :flow AND
"""
_OF_ORDER = text(f"{_RESTING} run.order_key = :order_key AND run.state IN ('parked', 'waiting') ORDER BY run.id")
_PAGE = text(f"{_RESTING} run.state <> 'done' AND run.state = :state AND run.id > :after ORDER BY run.id LIMIT :most")
_VERSIONS = text("""
SELECT DISTINCT state, flow, version FROM run WHERE run.state <> 'done' AND run.state IN ('parked', 'waiting') ORDER BY state, flow, version
""")
_INSERT = (
    "INSERT INTO incident (id, run_id, flow, step, item_key, code, place, fields, state, at, closed_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, NULL)"
)


class SqlStanding(Part):
    async def unmoved_runs(self, before: datetime, *, after: int = 0, limit: int = 200) -> Sequence[Unmoved]:
        values = {"before": to_micros(before), "after": after, "most": limit}

        def query(session: Session) -> list[Unmoved]:
            found = [_unmoved(row) for row in session.connection().execute(_UNMOVED, values)]
            return [one for one in found if one.moved_at < before]

        return await self._database.read(query)

    async def resting_runs(self, flow: str, order_key: str) -> Sequence[Resting]:
        return await self._resting(_OF_ORDER, {"flow": flow, "order_key": order_key})

    async def resting_versions(self) -> Mapping[tuple[RunState, str], Sequence[int]]:
        def query(session: Session) -> dict[tuple[RunState, str], list[int]]:
            found: dict[tuple[RunState, str], list[int]] = {}
            for state, flow, version in session.connection().execute(_VERSIONS):
                found.setdefault((state, flow), []).append(version)
            return found

        return await self._database.read(query)

    async def resting_page(self, state: RunState, flow: str, *, after: int = 0, limit: int = 2000) -> Sequence[Resting]:
        return await self._resting(_PAGE, {"state": state, "flow": flow, "after": after, "most": limit})

    async def _resting(self, statement: TextClause, values: Mapping[str, Any]) -> Sequence[Resting]:
        return await self._database.read(lambda session: [Resting(*row) for row in session.connection().execute(statement, values)])

    async def blocked_behind(self, run_ids: Sequence[int]) -> Mapping[int, int]:
        def query(session: Session) -> dict[int, int]:
            counts = {run: session.connection().execute(_BEHIND, {"run": run}).scalar_one() for run in dict.fromkeys(run_ids)}
            return {run: count for run, count in counts.items() if count}

        return await self._database.read(query)

    async def open_incident(self, run_id: int, incident: NewIncident, at: datetime) -> bool:
        ids = self._database.journal.ids
        return await self._database.write(lambda connection: _open(connection, ids, run_id, incident, to_micros(at)))

    async def close_by_itself(self, incident_id: int, at: datetime) -> None:
        statement = "UPDATE incident SET state = 'resumed', closed_at = ? WHERE id = ? AND state = 'open'"
        await self._database.write(lambda connection: connection.execute(statement, (to_micros(at), incident_id)).rowcount)


def _unmoved(row: Any) -> Unmoved:
    run_id, flow, trigger, order_key, state, passes, *times, ahead, ahead_state = row
    moved = max(moment for moment in times if moment is not None)
    return Unmoved(run_id, flow, trigger, order_key, state, bool(passes), from_micros(moved), ahead, ahead_state)


def _open(connection: Connection, ids: IdSequence, run_id: int, incident: NewIncident, at: int) -> bool:
    found = connection.execute("SELECT flow, state FROM run WHERE id = ?", (run_id,)).fetchone()
    place = (run_id, incident.step, incident.item_key)
    same = "SELECT 1 FROM incident WHERE run_id = ? AND step = ? AND item_key = ? AND state = 'open'"
    if found is None or found[1] in ENDS or connection.execute(same, place).fetchone() is not None:
        return False
    where, fields = canonical_json(list(incident.where)).decode(), canonical_json(dict(incident.fields)).decode()
    row = (ids.next(), run_id, found[0], incident.step, incident.item_key, incident.code, where, fields, at)
    connection.execute(_INSERT, row)
    return True
