"""The files of a store on SQLite, and how each is opened for writing: all that the writer's process needs of it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.store.call_log import SCHEMA as CALLS

_KEYS = "CREATE TABLE IF NOT EXISTS data_key (id INTEGER NOT NULL PRIMARY KEY, wrapped BLOB NOT NULL)"


class SqliteConnection(sqlite3.Connection):
    """Without transactions of Python's own making."""

    def begin(self) -> None:
        self.execute("BEGIN IMMEDIATE")


@dataclass(frozen=True, slots=True)
class SqliteFiles:
    """``file``: the data; ``keys``: the data keys; the log of calls lies beside them."""

    file: Path
    keys: Path

    @property
    def calls(self) -> Path:
        return self.file.with_name("calls.db")

    def connect(self) -> SqliteConnection:
        """For writing: durable at each commit, statements kept prepared."""
        connection = _open(self.file, cached_statements=512)
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        connection.execute("PRAGMA cache_size = -16000")
        return connection

    def connect_keys(self) -> SqliteConnection:
        connection = _open(self.keys)
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA cache_size = -512")
        connection.execute(_KEYS)
        return connection

    def connect_calls(self) -> SqliteConnection:
        connection = _open(self.calls)
        connection.execute("PRAGMA synchronous = NORMAL")
        for statement in CALLS:
            connection.execute(statement)
        return connection


def _open(file: Path, **options: Any) -> SqliteConnection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=10, factory=SqliteConnection, **options)
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # of a new file; an older one keeps its form
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection
