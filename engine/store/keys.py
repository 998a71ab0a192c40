"""`keys.db`: one data key an event (rule R9), wrapped by the master key, in a database of its own.

A data backup leaves it out, so that restoring one cannot bring an erased person back; it is backed up by itself.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict, deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock

from engine.privacy.cipher import DataKey, MasterKey, new_data_key, place
from engine.store.ids import IdSequence

BATCH = 512
"""Keys made and committed at once, ahead of need: accepting an event then costs no second flush to disk."""
_SCHEMA = "CREATE TABLE IF NOT EXISTS data_key (id INTEGER NOT NULL PRIMARY KEY, wrapped BLOB NOT NULL)"


class KeyRing:
    """The data keys of a store. ``new`` belongs to the writer's thread; everything else may be called from any."""

    def __init__(self, file: Path, master: MasterKey, slot: int) -> None:
        self._file = file
        self._master = master
        self._ready: deque[tuple[int, DataKey]] = deque()
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="keys")
        self._making: Future[None] | None = None
        with closing(_connect(file)) as connection:
            connection.execute(_SCHEMA)
            newest = connection.execute("SELECT coalesce(max(id), 0) FROM data_key").fetchone()[0]
        self._ids = IdSequence(slot, newest)
        self._reader = _connect(file)
        self._reading = Lock()

    def new(self) -> tuple[int, DataKey]:
        """A key that is on disk already, and its id. Raises the database's error if none can be made durable."""
        if len(self._ready) < BATCH // 2 and (self._making is None or self._making.done()):
            self._making = self._maker.submit(self._make)
        if not self._ready and self._making is not None:
            self._making.result()
        return self._ready.popleft()

    def get(self, key_id: int) -> DataKey | None:
        """The key; ``None`` once it was destroyed. Raises ``Unreadable`` under another master key."""
        with self._reading:
            row = self._reader.execute("SELECT wrapped FROM data_key WHERE id = ?", (key_id,)).fetchone()
        return None if row is None else self._master.unwrap(row[0], _place(key_id))

    def destroyed(self, key_ids: Iterable[int]) -> set[int]:
        """Those keys that are no more."""
        wanted = set(key_ids)
        marks = ",".join("?" * len(wanted))
        with self._reading:
            rows = self._reader.execute(f"SELECT id FROM data_key WHERE id IN ({marks})", tuple(wanted)).fetchall()  # noqa: S608
        return wanted - {row[0] for row in rows}

    def close(self) -> None:
        """Keys that no event took are removed again."""
        self._maker.shutdown(wait=True)
        unused = [(key_id,) for key_id, _ in self._ready]
        self._ready.clear()
        with closing(self._reader) as connection, suppress(sqlite3.OperationalError):  # a full disk must not keep us from closing
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("DELETE FROM data_key WHERE id = ?", unused)
            connection.execute("COMMIT")

    def _make(self) -> None:
        fresh = [(self._ids.next(), new_data_key()) for _ in range(BATCH)]
        with closing(_connect(self._file)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            rows = [(key_id, self._master.wrap(key, _place(key_id))) for key_id, key in fresh]
            connection.executemany("INSERT INTO data_key VALUES (?, ?)", rows)
            connection.execute("COMMIT")
        self._ready.extend(fresh)


class KeyCache:
    """The keys of runs that are open, by event, so that their facts need no unwrapping. The longest unused go first.

    For the writer's thread.
    """

    def __init__(self, size: int = 8192) -> None:
        self._keys: OrderedDict[int, DataKey] = OrderedDict()
        self._size = size

    def get(self, event_id: int) -> DataKey | None:
        if (key := self._keys.get(event_id)) is not None:
            self._keys.move_to_end(event_id)
        return key

    def add(self, event_id: int, key: DataKey) -> None:
        self._keys[event_id] = key
        if len(self._keys) > self._size:
            self._keys.popitem(last=False)

    def drop(self, event_id: int) -> None:
        self._keys.pop(event_id, None)


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def _place(key_id: int) -> str:
    return place("data_key", "wrapped", key_id)
