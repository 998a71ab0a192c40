"""PostgreSQL by psycopg, read only."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, cast

import psycopg
from psycopg.rows import dict_row

from engine.connection.certificate_faults import NAME, refused
from engine.connection.clients.postgresql_values import read_leniently
from engine.connection.glance import Glance
from engine.connection.guard import AddressGuard
from engine.connection.rows import Watch
from engine.connection.server_table import ServerTable
from engine.connection.servers import CONNECT_WITHIN, Database, lost, reaching
from engine.connection.table_watch import TableWatch

VERIFIED: Final = {"sslmode": "verify-full", "sslrootcert": "system"}
_OPTIONS: Final = "-c default_transaction_read_only=on -c timezone=UTC -c statement_timeout=30000"


_GLANCE: Final = """
SELECT count(*) AS tables, now() AS at FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
"""


@asynccontextmanager
async def client(
    server: Database, guard: AddressGuard, watch: Watch | None = None, *, glance: bool = False
) -> AsyncGenerator[TableWatch | Glance | None]:
    """Without anything to watch it is only tried; ``glance``: it can be asked what is there."""
    with reaching(server, _Refused):
        connection = await _connected(server, (await guard.resolve(server.host, server.effective_port))[0])
    connection.row_factory = dict_row
    async with connection:
        read_leniently(connection)
        if glance:
            yield Glance(server, partial(_glanced, connection))
        else:
            yield None if watch is None else TableWatch(PostgresTable(server, connection, watch), watch)


async def _connected(server: Database, address: str) -> Any:
    encryption: dict[str, Any] = VERIFIED if server.tls == "tls" else {"sslmode": "disable"}
    try:
        return await psycopg.AsyncConnection.connect(
            host=server.host,
            hostaddr=address,
            port=server.effective_port,
            user=server.user,
            password=server.password,
            dbname=server.database,
            **encryption,
            connect_timeout=round(CONNECT_WITHIN),
            options=_OPTIONS,
            autocommit=True,
        )
    except psycopg.errors.ConnectionTimeout:
        raise TimeoutError from None
    except psycopg.OperationalError as error:
        if "FATAL" in str(error):  # the server answered; the library has no other mark for that
            raise _Refused from None
        raise _named(error) from None


def _named(error: psycopg.OperationalError) -> Exception:
    """What the words of the library mean where encrypting failed; it has no number for that either."""
    told = str(error)
    if "does not match host name" in told:
        return refused(NAME)
    if "certificate" in told:
        return refused()
    return ssl.SSLError() if "SSL" in told else error


async def _glanced(connection: Any) -> Mapping[str, Any]:
    cursor = await connection.execute(_GLANCE)
    return cast("Mapping[str, Any]", await cursor.fetchone())


class _Refused(Exception):
    """The server does not let us in."""


class PostgresTable(ServerTable):
    mark = '"'

    async def _found(self, table: str, statement: str, values: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
        try:
            cursor = await self._connection.execute(statement, [_bound(value) for value in values])
            return await cursor.fetchall()
        except psycopg.errors.UndefinedTable:
            raise self._no_place(table) from None
        except psycopg.errors.UndefinedColumn as error:
            raise self._no_column(table, error.diag.message_primary or "") from None
        except psycopg.Error:
            raise (lost(self._server) if self._connection.broken else self._refused(table)) from None


def _bound(value: Any) -> Any:
    """Numbers of any size as text, which takes the column's own type."""
    return str(value)
