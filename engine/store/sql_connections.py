"""Connections in SQL, sealed whole with the master key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import select

from engine.privacy.cipher import MasterKey, place
from engine.store.connection import Connection
from engine.store.counters import CHANGE_MARK, add_to_counters
from engine.store.database import Part
from engine.store.problems import not_found
from engine.store.sql_audit import append_audit
from engine.store.tables import ConnectionRow
from engine.store.times import to_micros

_SAVE = (
    "INSERT INTO connection (name, body, updated_at) VALUES (?, ?, ?) "
    "ON CONFLICT (name) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at"
)


class SqlConnections(Part):
    async def connection_names(self) -> Sequence[str]:
        return sorted(await self._database.read(lambda session: session.exec(select(ConnectionRow.name)).all()))

    async def connection(self, name: str) -> bytes | None:
        database = self._database
        row = await database.read(lambda session: session.get(ConnectionRow, name))
        return None if row is None else database.master.open_sealed(row.body, _place(name))

    async def save_connection(self, name: str, document: bytes, *, actor: str) -> None:
        master = self._database.master
        await self._database.write(lambda connection: _save(connection, master, name, document, actor))

    async def delete_connection(self, name: str, *, actor: str) -> None:
        await self._database.write(lambda connection: _delete(connection, name, actor))


def _save(connection: Connection, master: MasterKey, name: str, document: bytes, actor: str) -> None:
    connection.execute(_SAVE, (name, master.seal(document, _place(name)), to_micros(datetime.now(UTC))))
    add_to_counters(connection, {CHANGE_MARK: 1})
    append_audit(connection, actor, "connection.save", name, {})


def _delete(connection: Connection, name: str, actor: str) -> None:
    if connection.execute("DELETE FROM connection WHERE name = ?", (name,)).rowcount == 0:
        raise not_found("connection.missing", name=name)
    add_to_counters(connection, {CHANGE_MARK: 1})
    append_audit(connection, actor, "connection.delete", name, {})


def _place(name: str) -> str:
    return place("connection", "body", name)
