"""SQLite: a file for the data, and beside it one for the keys and one for the log of calls."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from engine.store.compact import INCREMENTAL, prepare
from engine.store.connection import Connection
from engine.store.migrations import is_current, migrate
from engine.store.slots import FileSlots, alone
from engine.store.sqlite_files import SqliteConnection, SqliteFiles


class SqliteBase:
    def __init__(self, file: Path, keys: Path) -> None:
        self.files = SqliteFiles(file, keys)
        self.file, self.keys, self.calls = file, keys, self.files.calls
        self._folder = file.parent / "owners"
        self.slots = FileSlots(self._folder)

    @contextmanager
    def alone(self) -> Generator[None]:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for file in (self.file, self.keys, self.calls):
            os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with alone(self._folder / "start.lock"):
            yield

    def migrate(self) -> None:
        if not is_current(self.file):
            prepare(self.file)
            migrate(f"sqlite:///{self.file}")

    def connect(self) -> SqliteConnection:
        return self.files.connect()

    def connect_keys(self) -> SqliteConnection:
        return self.files.connect_keys()

    def connect_calls(self) -> SqliteConnection:
        return self.files.connect_calls()

    def readers(self, count: int) -> Engine:
        arguments = {"timeout": 10, "check_same_thread": False}
        engine = create_engine(f"sqlite:///{self.file}", poolclass=QueuePool, pool_size=count, connect_args=arguments)
        event.listen(engine, "connect", _only_reads)
        return engine

    def shrink(self, connection: Connection, pages: int) -> int:
        """One page a statement: the driver steps a statement without columns only once. Older files keep their free pages for reuse."""
        (kind,), (free,) = connection.execute("PRAGMA auto_vacuum").fetchone(), connection.execute("PRAGMA freelist_count").fetchone()
        if kind != INCREMENTAL:
            return 0
        for _ in range(min(pages, free)):
            connection.execute("PRAGMA incremental_vacuum(1)")
        return max(free - pages, 0)

    def settle(self) -> None:
        """As far as readers let it; the next time does the rest."""
        for file in (self.file, self.keys):
            with closing(sqlite3.connect(file, timeout=1, isolation_level=None)) as connection:
                if file == self.keys:
                    connection.execute("PRAGMA secure_delete = ON")
                    connection.executescript("PRAGMA incremental_vacuum")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _only_reads(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA cache_size = -8000")
