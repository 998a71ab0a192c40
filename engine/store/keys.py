"""One data key an event (rule R9), wrapped by the master key: in `keys.db`, or in a table of its own on PostgreSQL.

A data backup leaves it out, so that restoring one cannot bring an erased person back; it is backed up by itself.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any

from engine.privacy.cipher import DataKey, MasterKey, new_data_keys, place
from engine.store.connection import Connection
from engine.store.ids import IdSequence
from engine.store.lasting import Lasting
from engine.store.rows import insert

BATCH = 512
"""Keys made and committed at once, ahead of need: accepting an event then costs no second flush to disk."""


class KeyRing:
    """The data keys of a store. ``new`` belongs to the writer's thread; everything else may be called from any."""

    def __init__(self, connect: Callable[[], Connection], master: MasterKey, slot: int) -> None:
        self._connect = connect
        self.master = master
        self._ready: deque[tuple[int, DataKey]] = deque()
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="keys")
        self._making: Future[None] | None = None
        with closing(connect()) as connection:
            newest = connection.execute("SELECT coalesce(max(id), 0) FROM data_key").fetchone()[0]
        self._ids = IdSequence(slot, newest)
        self._reader, self._writer = Lasting(connect), Lasting(connect)

    @property
    def slot(self) -> int:
        """The slot that goes into the ids of new keys."""
        return self._ids.slot

    @slot.setter
    def slot(self, slot: int) -> None:
        self._ids.slot = slot

    def new(self) -> tuple[int, DataKey]:
        """A key that is on disk already, and its id. Raises the database's error if none can be made durable."""
        if len(self._ready) < BATCH // 2 and (self._making is None or self._making.done()):
            self._making = self._maker.submit(self._make)
        if not self._ready and self._making is not None:
            self._making.result()
        return self._ready.popleft()

    def get(self, key_id: int) -> DataKey | None:
        """The key; ``None`` once it was destroyed. Raises ``Unreadable`` under another master key."""
        rows = self._read("SELECT wrapped FROM data_key WHERE id = ?", (key_id,))
        return self.master.unwrap(rows[0][0], _place(key_id)) if rows else None

    def destroyed(self, key_ids: Iterable[int]) -> set[int]:
        """Those keys that are no more."""
        wanted = set(key_ids)
        if not wanted:
            return set()
        marks = ",".join("?" * len(wanted))
        return wanted - {row[0] for row in self._read(f"SELECT id FROM data_key WHERE id IN ({marks})", tuple(wanted))}  # noqa: S608

    def destroy(self, key_ids: Iterable[int]) -> None:
        """Durable on return. What was sealed with these keys is lost for good."""
        with closing(self._connect()) as connection:
            _delete(connection, [(key_id,) for key_id in key_ids])

    def close(self) -> None:
        """Keys that no event took are removed again."""
        self._maker.shutdown(wait=True)
        unused = [(key_id,) for key_id, _ in self._ready]
        self._ready.clear()
        with suppress(Exception):  # a full disk must not keep us from closing
            self._writer.use(lambda connection: _delete(connection, unused))
        self._writer.close()
        self._reader.close()

    def _read(self, statement: str, values: Sequence[int]) -> list[Any]:
        return self._reader.use(lambda connection: connection.execute(statement, values).fetchall())

    def _make(self) -> None:
        self._ready.extend(self._writer.use(self._made))

    def _made(self, connection: Connection) -> list[tuple[int, DataKey]]:
        """Under ids of their own each time: whether those of an attempt that failed are kept, nobody knows."""
        fresh = [(self._ids.next(), key) for key in new_data_keys(BATCH)]
        connection.begin()
        rows = [(key_id, self.master.wrap(key, _place(key_id))) for key_id, key in fresh]
        insert(connection, "INSERT INTO data_key (id, wrapped) VALUES", "(?,?)", rows)
        connection.commit()
        return fresh


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


def _delete(connection: Connection, key_ids: Sequence[tuple[int]]) -> None:
    connection.begin()
    connection.executemany("DELETE FROM data_key WHERE id = ?", key_ids)
    connection.commit()


def _place(key_id: int) -> str:
    return place("data_key", "wrapped", key_id)
