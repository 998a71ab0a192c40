"""A connection that stays open gives way to another one once the database has failed under it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from engine.store.lasting import Lasting
from engine.store.sqlite_files import SqliteConnection, SqliteFiles


class Opened:
    """Opens connections to a file, and knows them."""

    def __init__(self, folder: Path) -> None:
        self._files = SqliteFiles(folder / "orderloom.db", folder / "keys.db")
        self.connections: list[SqliteConnection] = []

    def __call__(self) -> SqliteConnection:
        self.connections.append(self._files.connect_keys())
        return self.connections[-1]


def keys_in(connection: Any) -> list[Any]:
    return connection.execute("SELECT id FROM data_key").fetchall()


def torn(connection: Any) -> None:
    """The disk fails as the statement is run."""
    del connection
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_IOERR, "SQLITE_IOERR"
    raise error


def test_it_is_opened_once_for_many_uses(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    lasting = Lasting(opened)
    assert opened.connections == []
    assert [lasting.use(keys_in) for _ in range(3)] == [[], [], []]
    assert len(opened.connections) == 1


def test_after_a_fault_of_the_disk_the_same_is_done_once_more_over_another_one(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    lasting = Lasting(opened)
    lasting.use(keys_in)
    seen: list[object] = []

    def at_first_torn(connection: Any) -> list[Any]:
        seen.append(connection)
        return keys_in(connection) if len(seen) > 1 else torn(connection) or []

    assert lasting.use(at_first_torn) == []
    assert seen == opened.connections


def test_what_fails_over_a_new_one_too_is_raised_and_the_next_use_begins_afresh(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    lasting = Lasting(opened)
    lasting.use(keys_in)
    with pytest.raises(sqlite3.OperationalError):
        lasting.use(torn)
    assert lasting.use(keys_in) == []
    assert len(opened.connections) == 3


def test_a_statement_at_fault_is_not_tried_again_and_leaves_no_transaction_behind(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    lasting = Lasting(opened)
    tries: list[int] = []

    def half(connection: Any) -> None:
        tries.append(1)
        connection.begin()
        connection.execute("INSERT INTO data_key (id, wrapped) VALUES (1, x'00')")
        connection.execute("INSERT INTO data_key (id, wrapped) VALUES (1, x'00')")

    lasting.use(keys_in)
    with pytest.raises(sqlite3.IntegrityError):
        lasting.use(half)
    assert (len(tries), lasting.use(keys_in)) == (1, [])


def test_closed_it_lets_go_of_its_connection(tmp_path: Path) -> None:
    opened = Opened(tmp_path)
    lasting = Lasting(opened)
    lasting.use(keys_in)
    lasting.close()
    with pytest.raises(sqlite3.ProgrammingError):
        keys_in(opened.connections[0])
