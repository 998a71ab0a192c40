"""Waits into SQLite: what a run waits for is opened once; what it no longer waits for is closed."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from engine.json_text import canonical_json
from engine.store.columns import to_micros
from engine.store.ids import IdSequence
from engine.store.ports import NewWait, RunEnd

_INSERT = (
    "INSERT INTO wait (id, run_id, flow, step, item_key, kind, effect, digest, due_at, roles, state, at, closed_at) "
    "SELECT ?, id, flow, ?, ?, ?, ?, ?, ?, ?, 'open', ?, NULL FROM run WHERE id = ? ON CONFLICT (effect) DO NOTHING"
)
_KNOWN = "SELECT effect, state FROM wait WHERE run_id = ?"
_CLOSE = "UPDATE wait SET state = 'cancelled', closed_at = ? WHERE effect = ? AND state = 'open'"
_QUEUE = "UPDATE run SET state = 'queued' WHERE id = ? AND state = 'waiting'"


def settle_waits(connection: sqlite3.Connection, ends: Mapping[int, RunEnd], ids: IdSequence) -> None:
    """After the states are set. Runs that are simply done, which most are, cost nothing: whatever woke them closed its wait."""
    for event_id, end in ends.items():
        if end.waits or end.state not in ("done", "parked"):
            _settle(connection, event_id, end, ids)


def _settle(connection: sqlite3.Connection, event_id: int, end: RunEnd, ids: IdSequence) -> None:
    known = dict(connection.execute(_KNOWN, (event_id,)))
    wanted = {wait.effect: wait for wait in end.waits}
    gone = [effect for effect, state in known.items() if state == "open" and effect not in wanted]
    connection.executemany(_CLOSE, [(to_micros(end.at), effect) for effect in gone])
    connection.executemany(_INSERT, [_row(event_id, wait, end, ids) for effect, wait in wanted.items() if effect not in known])
    if any(known.get(effect, "open") != "open" for effect in wanted):  # it woke while the run was still at work
        connection.execute(_QUEUE, (event_id,))


def _row(event_id: int, wait: NewWait, end: RunEnd, ids: IdSequence) -> tuple[Any, ...]:
    due = None if wait.due_at is None else to_micros(wait.due_at)
    roles = canonical_json(list(wait.roles)).decode()
    return ids.next(), wait.step, wait.item_key, wait.kind, wait.effect, wait.digest, due, roles, to_micros(end.at), event_id
