"""MySQL and MariaDB by PyMySQL, each statement in a thread, read only."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import pymysql
from pymysql.constants import FIELD_TYPE
from pymysql.cursors import Cursor

from engine.connection.failures import CallFailed
from engine.connection.glance import Glance
from engine.connection.guard import AddressGuard
from engine.connection.rows import Watch
from engine.connection.server_table import ServerTable
from engine.connection.servers import CONNECT_WITHIN, Database, lost, reaching, tls_of
from engine.connection.sockets import open_socket, woken
from engine.connection.table_watch import TableWatch

_BEGIN: Final = ("SET time_zone = '+00:00'", "SET SESSION TRANSACTION READ ONLY")
_GLANCE: Final = "SELECT count(*) AS tables, utc_timestamp(3) AS at FROM information_schema.tables WHERE table_schema = database()"
_NO_LOGIN: Final = (1044, 1045, 1698)
_NO_TLS: Final = (2026, 3159)
"""The server does not encrypt, or lets nobody in who does not."""
_NO_PLACE: Final = (1049, 1146)
_NO_COLUMN: Final = 1054


class _Refused(Exception):
    """The server does not let us in."""


@asynccontextmanager
async def client(
    server: Database, guard: AddressGuard, watch: Watch | None = None, *, glance: bool = False
) -> AsyncGenerator[TableWatch | Glance | None]:
    """Without anything to watch it is only tried; ``glance``: it can be asked what is there."""
    with reaching(server, _Refused):
        connection = await _reached(server, guard)
    try:
        if glance:
            yield Glance(server, partial(_glanced, connection))
        else:
            yield None if watch is None else TableWatch(MysqlTable(server, connection, watch), watch)
    finally:
        await asyncio.to_thread(_close, connection)


async def _reached(server: Database, guard: AddressGuard) -> Any:
    async with asyncio.timeout(CONNECT_WITHIN):
        sock = await open_socket(await guard.resolve(server.host, server.effective_port), server.effective_port)
        try:
            with woken(sock):
                return await asyncio.to_thread(_connected, server, sock)
        except BaseException:
            _let_go(sock)  # the thread may not have begun
            raise


async def _glanced(connection: Any) -> Mapping[str, Any]:
    return (await asyncio.to_thread(_fetched, connection, _GLANCE, ()))[0]


class MysqlTable(ServerTable):
    mark = "`"
    timed = "{0} IS NOT NULL AND LEFT({0}, 10) <> '0000-00-00'"

    async def _found(self, table: str, statement: str, values: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
        try:
            return await asyncio.to_thread(_fetched, self._connection, statement, [_bound(value) for value in values])
        except pymysql.Error as error:
            raise self._failed(table, error) from None

    def _failed(self, table: str, error: Any) -> CallFailed:
        number = error.args[0] if error.args else 0
        if number in _NO_PLACE:
            return self._no_place(table)
        if number == _NO_COLUMN:
            return self._no_column(table, str(error.args[-1]))
        if not self._connection.open or isinstance(error, pymysql.InterfaceError) or number in (2006, 2013):
            return lost(self._server)
        return self._refused(table)


def _connected(server: Database, sock: Any) -> Any:
    connection: Any = pymysql.connect(
        host=server.host,
        port=server.effective_port,
        user=server.user or "",
        password=server.password or "",
        database=server.database,
        ssl=tls_of(server),
        ssl_disabled=server.tls == "none",  # else it encrypts as it likes, and fails where a server speaks old versions only
        charset="utf8mb4",
        autocommit=True,
        read_timeout=30,
        defer_connect=True,
    )
    try:
        connection.connect(sock)
        for statement in _BEGIN:
            connection.query(statement)
    except BaseException as error:
        if not isinstance(error, pymysql.Error):
            raise
        raise _kind(error) from error.__context__
    return connection


def _let_go(sock: socket.socket) -> None:
    """The library keeps a file on it, which a mere ``close`` would wait for."""
    number = sock.detach()
    if number >= 0:
        os.close(number)


def _kind(error: pymysql.Error) -> type[Exception]:
    number = error.args[0] if error.args else 0
    if number in _NO_LOGIN:
        return _Refused
    return ssl.SSLError if number in _NO_TLS else OSError


def _fetched(connection: Any, statement: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    with connection.cursor(Cursor) as cursor:
        cursor.execute(statement, values)
        names, stamps = zip(*((column[0], column[1] == FIELD_TYPE.TIMESTAMP) for column in cursor.description), strict=True)
        rows: Any = cursor.fetchall()
    return [{name: _aware(value, stamp) for name, value, stamp in zip(names, row, stamps, strict=True)} for row in rows]


def _aware(value: Any, stamp: bool) -> Any:
    """A TIMESTAMP comes in the zone of the session, which is UTC; a DATETIME has no zone."""
    return value.replace(tzinfo=UTC) if stamp and isinstance(value, datetime) else value


def _bound(value: Any) -> Any:
    """These databases know no zone in the text of a time. Other text stays as it is, for columns of text."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    if moment.tzinfo is None or value != moment.isoformat(sep=" "):
        return value
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


def _close(connection: Any) -> None:
    if connection.open:
        connection.close()
