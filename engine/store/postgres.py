"""PostgreSQL: data and keys in tables of one schema. The only place that knows the driver.

One process writes at a time, as on SQLite: so what is decided inside a transaction cannot be overtaken, and nothing can deadlock.
Locks are advisory, named by the schema: one for the writer, one for the start, one for each slot, held by the writer's session.
"""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from typing import Any, Literal

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import URL, Engine, create_engine
from sqlmodel import SQLModel

from engine.errors import Conflict, Problem
from engine.store.connection import Connection, Cursor
from engine.store.migrations import HEAD, migrate
from engine.store.postgres_problems import OLDEST, no_schema, not_durable, starting, too_old
from engine.store.problems import named
from engine.store.slots import SLOTS, too_many_processes

_WRITER, _START = 0x4F4C_0001, 0x4F4C_0002
"""Advisory locks beside those of the slots, which have the numbers of `SLOTS`."""
_TRY = "SELECT pg_try_advisory_lock(?::int, ?::int)"
_TRY_FOR_NOW = "SELECT pg_try_advisory_xact_lock(?::int, ?::int)"
_TABLES = (
    "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
    "WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname = ANY(%s)"
)
_CONNECT: dict[str, Any] = {
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "connect_timeout": 10,
    "fallback_application_name": "orderloom",
}
_SERVER_KEEP_ALIVE = "SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
"""So that the locks of a machine that is gone are free within half a minute."""


class PostgresConnection:
    """``?`` for values, as everywhere else; a lost connection stays lost, and its owner makes another."""

    def __init__(self, raw: psycopg.Connection[Any], begin: str) -> None:
        self._raw = raw
        self._begin: Any = begin

    def begin(self) -> None:
        self._raw.execute(self._begin)

    def commit(self) -> None:
        self._end("COMMIT")

    def rollback(self) -> None:
        self._end("ROLLBACK")

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Cursor:
        return self._raw.execute(_translated(statement), values or None)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> Cursor:
        cursor = self._raw.cursor()
        cursor.executemany(_translated(statement), rows)
        return cursor

    def close(self) -> None:
        self._raw.close()

    def _end(self, how: Literal["COMMIT", "ROLLBACK"]) -> None:
        if self._raw.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            self._raw.execute(how)


class SessionSlots:
    """A slot is an advisory lock of the writer's session: it goes with the connection, and the epoch tells who came in between."""

    def __init__(self) -> None:
        self.space = 0
        self._held = 0

    def take(self, connection: Connection) -> int:
        for number in SLOTS:
            if _first(connection, _TRY, self.space, number):
                self._held = number
                return number
        raise too_many_processes()

    def keep(self, connection: Connection) -> None:
        _first(connection, _TRY, self.space, self._held)

    @contextmanager
    def free_ones(self, connection: Connection, numbers: Iterable[int]) -> Generator[list[int]]:
        """Held by the transaction, which the writer's lock keeps alone."""
        yield [number for number in sorted(numbers) if _first(connection, _TRY_FOR_NOW, self.space, number)]

    def release(self) -> None:
        """Nothing to do: the lock goes with the connection."""


class PostgresBase:
    """Raises ``SettingsInvalid`` or ``StoreUnavailable`` for a server that cannot be used (see ``postgres_problems.py``)."""

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        self.slots = SessionSlots()
        self.files = None

    def holds_data(self) -> bool:
        """Whether a store was opened here before."""
        with starting(self._url), closing(self._open()) as raw:
            found = raw.execute("SELECT to_regclass('secret')").fetchall()[0][0]
            return found is not None and bool(raw.execute("SELECT 1 FROM secret LIMIT 1").fetchall())

    @contextmanager
    def alone(self) -> Generator[None]:
        with starting(self._url), closing(self._open()) as raw:
            _check(raw)
            schema = raw.execute("SELECT current_schema()").fetchall()[0][0]
            if schema is None:
                raise no_schema()
            self.slots.space = zlib.crc32(schema.encode()) - 2**31
            raw.execute("SELECT pg_advisory_lock(%s::int, %s::int)", (self.slots.space, _START))
            yield

    def migrate(self) -> None:
        with closing(self._open()) as raw:
            current = _is_current(raw)
        if not current:
            migrate(self._url)

    def connect(self) -> PostgresConnection:
        return self._writer(f"BEGIN; SELECT pg_advisory_xact_lock({self.slots.space}, {_WRITER})")

    def connect_keys(self) -> PostgresConnection:
        """New keys wait for nobody: the writer, who holds its lock, waits for them."""
        return self._writer("BEGIN")

    def connect_calls(self) -> PostgresConnection:
        raw = self._open()
        raw.execute("SET synchronous_commit = off")
        return PostgresConnection(raw, "BEGIN")

    def readers(self, count: int) -> Engine:
        read_only = f"{self._url.query.get('options', '')} -c default_transaction_read_only=on"
        arguments = {**_CONNECT, "options": read_only, "context": _adapters()}
        return create_engine(self._url, pool_size=count, pool_pre_ping=True, connect_args=arguments)

    def shrink(self, connection: Connection, pages: int) -> int:  # noqa: ARG002
        """The server's own vacuum sees to its space."""
        return 0

    def settle(self) -> None:
        """Its write-ahead log is the server's own."""

    def compact(self) -> tuple[int, int]:
        """Rewrite our tables without free space, and their indexes; bytes before and after. Whoever starts meanwhile waits.

        Needs up to twice the space. Raises ``Conflict`` (``store.in_use``) while a process works on them.
        """
        with self.alone(), named(), closing(self._open()) as raw:
            held = raw.execute("SELECT pg_try_advisory_lock(%s::int, slot::int) FROM generate_series(%s, %s) AS slot", (
                self.slots.space, SLOTS.start, SLOTS.stop - 1,
            )).fetchall()  # fmt: skip
            if not all(free for (free,) in held):
                raise self._in_use()
            tables = raw.execute(_TABLES, ([*SQLModel.metadata.tables, "data_key"],)).fetchall()
            before = sum(size for _, size in tables)
            raw.execute("SET lock_timeout = '10s'")
            try:
                for name, _ in tables:
                    raw.execute(f"VACUUM (FULL, ANALYZE) {name}".encode())
            except psycopg.errors.LockNotAvailable:
                raise self._in_use() from None
            return before, sum(size for _, size in raw.execute(_TABLES, ([name for name, _ in tables],)).fetchall())

    def _in_use(self) -> Conflict:
        return Conflict(Problem("store.in_use", fields={"data": self._url.database or ""}))

    def _writer(self, begin: str) -> PostgresConnection:
        """Durable at each commit, whatever the database's own settings say."""
        raw = self._open()
        raw.execute("SET synchronous_commit = on")
        return PostgresConnection(raw, begin)

    def _open(self) -> psycopg.Connection[Any]:
        arguments: dict[str, Any] = {
            **_CONNECT,
            **self._url.translate_connect_args(username="user", database="dbname"),
            **self._url.query,
        }
        raw = psycopg.connect(**arguments, autocommit=True, context=_adapters())
        raw.execute(_SERVER_KEEP_ALIVE)
        return raw


def _is_current(raw: psycopg.Connection[Any]) -> bool:
    with suppress(psycopg.errors.UndefinedTable):
        return raw.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    return False


def _check(raw: psycopg.Connection[Any]) -> None:
    """Raises ``SettingsInvalid`` for a server that is too old or does not write to disk."""
    if raw.info.server_version < OLDEST * 10_000:
        raise too_old(raw.info.server_version)
    raw.execute("SET synchronous_commit = on")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        value = raw.execute(f"SHOW {setting}").fetchall()[0][0]  # pyright: ignore[reportArgumentType]
        if value != "on":
            raise not_durable(setting, value)


def _first(connection: Connection, statement: str, *values: int) -> Any:
    return connection.execute(statement, values).fetchall()[0][0]


@cache
def _translated(statement: str) -> Any:
    return statement.replace("%", "%%").replace("?", "%s")


class _Text(StrDumperUnknown):
    """PostgreSQL takes no NUL in a text; the symbol for it is shown instead."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\u2400"))


@cache
def _adapters() -> AdaptersMap:
    """All integers as one type, so that one statement is prepared once."""
    adapters = AdaptersMap(psycopg.adapters)
    adapters.register_dumper(int, Int8Dumper)
    adapters.register_dumper(str, _Text)
    return adapters
