"""How the parts of the SQL store read and write: sessions in a few threads of their own, writes through the one writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlmodel import Session

from engine.errors import Problem
from engine.privacy.cipher import MasterKey
from engine.store.connection import Base, Connection
from engine.store.journal import SqlJournal
from engine.store.keys import KeyRing
from engine.store.owners import Claim
from engine.store.problems import StoreUnavailable, named

READERS = 4
LARGEST = 2**63 - 1
T = TypeVar("T")
Row = TypeVar("Row")


class Database:
    """An open database. ``read`` and ``write`` never block the event loop."""

    def __init__(self, base: Base, journal: SqlJournal, ring: KeyRing, master: MasterKey) -> None:
        self.base, self.journal, self.ring, self.master = base, journal, ring, master
        self._engine = base.readers(READERS)
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")

    @property
    def claim(self) -> Claim:
        """For the writer's thread, inside a transaction."""
        return self.journal.claim

    async def read(self, query: Callable[[Session], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._in_session, query)

    async def get(self, row: type[Row], key: int | str | tuple[int | str, ...]) -> Row | None:
        """The row of a key; none for a number that no row can have."""
        if not all(isinstance(part, str) or abs(part) <= LARGEST for part in (key if isinstance(key, tuple) else (key,))):
            return None
        return await self.read(lambda session: session.get(row, key))

    async def write(self, run: Callable[[Connection], T]) -> T:
        return await self.journal.call(run)

    async def close(self) -> None:
        await self.journal.close()
        await asyncio.to_thread(self._stop)

    def _in_session(self, query: Callable[[Session], T]) -> T:
        with named(), Session(self._engine) as session:
            return query(session)

    def _stop(self) -> None:
        self._threads.shutdown()
        self._engine.dispose()
        self.ring.close()


class Part:
    """A part of the store: what it offers, over the database that ``open`` sets."""

    _open: Database | None = None

    @property
    def _database(self) -> Database:
        if self._open is None:
            raise StoreUnavailable(Problem("store.not_open"))
        return self._open
