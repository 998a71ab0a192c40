"""The store on SQLite."""

from __future__ import annotations

import asyncio
import os
from contextlib import closing
from pathlib import Path

from engine.errors import Problem, SettingsInvalid
from engine.privacy.cipher import MasterKey, Unreadable, place
from engine.store.database import Database
from engine.store.dedupe import Digester
from engine.store.ids import IdSequence
from engine.store.journal import SqliteJournal, connect
from engine.store.keys import KeyCache, KeyRing
from engine.store.migrations import is_current, migrate
from engine.store.ports import Journal
from engine.store.problems import named
from engine.store.slots import Slot, alone
from engine.store.sql_audit import SqlAudit
from engine.store.sql_connections import SqlConnections
from engine.store.sql_events import SqlEvents
from engine.store.sql_flows import SqlFlows
from engine.store.sql_incidents import SqlIncidents
from engine.store.sql_orders import SqlOrders
from engine.store.sql_runs import SqlRuns
from engine.store.sql_waits import SqlWaits
from engine.store.write_events import Desk

_DIGEST_KEY = "digest_key"
_IDS = "SELECT max(id) AS id FROM event UNION ALL SELECT max(id) FROM incident UNION ALL SELECT max(id) FROM wait"
_NEWEST = f"SELECT coalesce(max(id), 0) FROM ({_IDS})"  # noqa: S608 - our own words


class SqlStore(SqlEvents, SqlRuns, SqlIncidents, SqlWaits, SqlOrders, SqlFlows, SqlConnections, SqlAudit):
    """A store in one file, with its keys in another beside it.

    ``journal`` and ``owner`` are there once it is open; both belong to the event loop that opened it.
    """

    journal: Journal
    owner: int

    def __init__(self, file: Path, keys: Path, master: MasterKey) -> None:
        self._file, self._keys, self._master = file, keys, master
        self._slots = file.parent / "owners"
        self._slot: Slot | None = None
        self._signing_key = b""

    @property
    def commits(self) -> int:
        """How many transactions the writer has committed since the store was opened."""
        return self._database.journal.commits

    async def open(self) -> None:
        """Migrate, take a slot, start the writer. Raises ``SettingsInvalid`` (``store.master_key_wrong``) or ``StoreUnavailable``."""
        with named():
            desk = await asyncio.to_thread(self._prepare)
        journal = SqliteJournal(self._file, desk)
        self.journal, self.owner = journal, desk.owner
        self._open = Database(self._file, journal, desk.ring, self._master, desk.owner)

    def signing_key(self) -> bytes:
        return self._signing_key

    async def close(self) -> None:
        """Everything submitted is written first."""
        database, self._open = self._open, None
        if database is not None:
            await database.close()
        slot, self._slot = self._slot, None
        if slot is not None:
            slot.free()

    def _prepare(self) -> Desk:
        self._slots.mkdir(mode=0o700, exist_ok=True)
        for file in (self._file, self._keys):
            os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with alone(self._slots / "start.lock"):
            if not is_current(self._file):
                migrate(f"sqlite:///{self._file}")
            secret, newest = self._read_start()
            slot = Slot.take(self._slots)
            try:
                ring = KeyRing(self._keys, self._master, slot.number)
            except BaseException:
                slot.free()
                raise
        self._slot = slot
        digester = Digester(secret)
        self._signing_key = digester.signing_key()
        return Desk(slot.number, IdSequence(slot.number, newest), digester, ring, KeyCache())

    def _read_start(self) -> tuple[bytes, int]:
        """The secret of the digests, made at the first start; and the newest id in use."""
        with closing(connect(self._file)) as connection:
            row = connection.execute("SELECT body FROM secret WHERE name = ?", (_DIGEST_KEY,)).fetchone()
            if row is None:
                row = (self._master.seal(os.urandom(32), _secret_place()),)
                connection.execute("INSERT INTO secret (name, body) VALUES (?, ?)", (_DIGEST_KEY, row[0]))
            newest = connection.execute(_NEWEST).fetchone()[0]
        try:
            return self._master.open_sealed(row[0], _secret_place()), newest
        except Unreadable:
            raise SettingsInvalid(Problem("store.master_key_wrong", fields={"key": self._master.id})) from None


def _secret_place() -> str:
    return place("secret", "body", _DIGEST_KEY)
