"""Incidents into SQL: a run that ends closes its own; one that parks again keeps those that are still open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.json_text import canonical_json
from engine.store.connection import Connection
from engine.store.ids import IdSequence
from engine.store.operations import ENDS
from engine.store.ports import IncidentState, NewIncident, RunEnd
from engine.store.rows import insert
from engine.store.times import to_micros
from engine.store.write_notices import notice_failure, notice_incidents

_OPEN = "SELECT id, step, item_key FROM incident WHERE run_id = ? AND state = 'open'"
OVERDUE = "run.overdue"
_GOING_ON = f"{_OPEN} AND code <> '{OVERDUE}'"
_CLOSE = "UPDATE incident SET state = ?, closed_at = ? WHERE id = ?"
_CLOSE_ALL = "UPDATE incident SET state = 'resumed', closed_at = ended.column2 FROM (VALUES"
_CLOSE_ALL_TAIL = ") AS ended WHERE incident.run_id = ended.column1 AND incident.state = 'open'"
INSERT = (
    "INSERT INTO incident (id, run_id, flow, step, item_key, code, place, fields, state, at, closed_at) "
    "SELECT ?, id, flow, ?, ?, ?, ?, ?, 'open', ?, NULL FROM run WHERE id = ?"
)


def closing_state(end: RunEnd) -> IncidentState:
    """What becomes of the incidents that are open when their run ends."""
    return "cancelled" if end.state in ("cancelling", "cancelled") else "resumed"


def settle_incidents(connection: Connection, ends: Mapping[int, RunEnd], ids: IdSequence) -> None:
    """After the states are set. Runs that are simply done, which most are, cost one statement for all together."""
    plain = [(event_id, to_micros(end.at)) for event_id, end in ends.items() if end.state == "done" and not end.incidents]
    insert(connection, _CLOSE_ALL, "(?,?)", plain, _CLOSE_ALL_TAIL)
    for event_id, end in ends.items():
        if end.state != "done" or end.incidents:
            _settle(connection, event_id, end, ids)


def _settle(connection: Connection, event_id: int, end: RunEnd, ids: IdSequence) -> None:
    look = _OPEN if end.state in ENDS else _GOING_ON
    known = {(step, key): incident_id for incident_id, step, key in connection.execute(look, (event_id,))}
    found = {(incident.step, incident.item_key): incident for incident in end.incidents}
    closed = [(closing_state(end), to_micros(end.at), incident_id) for spot, incident_id in known.items() if spot not in found]
    connection.executemany(_CLOSE, closed)
    opened = [incident_row(event_id, incident, end.at, ids) for spot, incident in found.items() if spot not in known]
    connection.executemany(INSERT, opened)
    notice_incidents(connection, event_id, [row[0] for row in opened], ids)
    if end.state == "failed":
        notice_failure(connection, event_id, ids)


def incident_row(event_id: int, incident: NewIncident, at: datetime, ids: IdSequence) -> tuple[Any, ...]:
    where, fields = canonical_json(list(incident.where)).decode(), canonical_json(dict(incident.fields)).decode()
    return ids.next(), incident.step, incident.item_key, incident.code, where, fields, to_micros(at), event_id
