"""The contract watch into SQL: what people accept goes in one transaction with the version that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.errors import Conflict, Problem
from engine.store.connection import Connection
from engine.store.contracts import FormVersion, KeptContract, NewFormChange
from engine.store.counters import CHANGE_MARK, add_to_counters
from engine.store.ids import IdSequence
from engine.store.problems import not_found
from engine.store.sql_audit import append_audit
from engine.store.times import to_micros

_KEEP = (
    "INSERT INTO contract (operation, at, body) VALUES (?, ?, ?) "
    "ON CONFLICT (operation) DO UPDATE SET at = excluded.at, body = excluded.body"
)
_SAME = "SELECT 1 FROM form_change WHERE operation = ? AND key = ? AND state = 'open'"
_OPEN = (
    "INSERT INTO form_change (id, operation, key, kind, path, weight, state, first_at, last_at, orders, body) "
    "VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, ?)"
)
_CHANGE = "UPDATE form_change SET weight = ?, last_at = ?, orders = ?, body = ? WHERE id = ? AND state = 'open'"
_END = "UPDATE form_change SET state = 'gone', decided_at = ? WHERE id = ? AND state = 'open'"
_ACCEPT = (
    "UPDATE form_change SET state = 'accepted', decided_at = ?, decided_by = ?, version = ? WHERE id = ? AND operation = ? "
    "AND state = 'open'"
)
_VERSION = "INSERT INTO form_version (operation, version, at, actor, note, body) VALUES (?, ?, ?, ?, ?, ?)"
_NEWEST = "SELECT coalesce(max(version), 0) FROM form_version WHERE operation = ?"
_DELETE = "DELETE FROM form_change WHERE state <> 'open' AND decided_at < ?"


def keep(connection: Connection, kept: KeptContract) -> None:
    connection.execute(_KEEP, (kept.operation, to_micros(kept.at), kept.body))


def open_one(connection: Connection, ids: IdSequence, change: NewFormChange) -> int | None:
    if connection.execute(_SAME, (change.operation, change.key)).fetchone() is not None:
        return None
    number, at = ids.next(), to_micros(change.at)
    place = (change.operation, change.key, change.kind, change.path, change.weight)
    connection.execute(_OPEN, (number, *place, at, at, change.orders, change.body))
    return number


def change(connection: Connection, change_id: int, weight: str, last_at: datetime, orders: int, body: bytes) -> None:
    connection.execute(_CHANGE, (weight, to_micros(last_at), orders, body, change_id))


def end(connection: Connection, change_id: int, at: datetime) -> bool:
    return connection.execute(_END, (to_micros(at), change_id)).rowcount > 0


def accept(connection: Connection, change_ids: Sequence[int], version: FormVersion) -> None:
    if connection.execute(_NEWEST, (version.operation,)).fetchall()[0][0] != version.version - 1:
        raise overtaken(version)
    at = to_micros(version.at)
    for change_id in change_ids:
        if connection.execute(_ACCEPT, (at, version.actor, version.version, change_id, version.operation)).rowcount == 0:
            raise _why(connection, change_id)
    row = (version.operation, version.version, at, version.actor, version.note, version.body)
    connection.execute(_VERSION, row)
    add_to_counters(connection, {CHANGE_MARK: 1})
    detail = {"version": str(version.version), "changes": str(len(change_ids))}
    append_audit(connection, version.actor, "form_change.accept", f"contract:{version.operation}", detail)


def delete_old(connection: Connection, before: datetime) -> int:
    return connection.execute(_DELETE, (to_micros(before),)).rowcount


def overtaken(version: FormVersion) -> Conflict:
    return Conflict(Problem("form_change.overtaken", (version.operation,), {"version": version.version}))


def closed(change_id: int, state: str) -> Conflict:
    return Conflict(Problem("form_change.closed", (str(change_id),), {"state": state}))


def _why(connection: Connection, change_id: int) -> Exception:
    row = connection.execute("SELECT state FROM form_change WHERE id = ?", (change_id,)).fetchone()
    return not_found("form_change.unknown") if row is None else closed(change_id, str(row[0]))
