"""Notices into SQL: beside an incident that is opened and a run that fails, in the same transaction, so that none is missed."""

from __future__ import annotations

from collections.abc import Iterable

from engine.store.connection import Connection
from engine.store.ids import IdSequence

_INSERT = "INSERT INTO notice (id, run_id, incident_id) VALUES (?, ?, ?)"


def notice_incidents(connection: Connection, run_id: int, incidents: Iterable[int], ids: IdSequence) -> None:
    connection.executemany(_INSERT, [(ids.next(), run_id, incident) for incident in incidents])


def notice_failure(connection: Connection, run_id: int, ids: IdSequence) -> None:
    connection.execute(_INSERT, (ids.next(), run_id, None))
