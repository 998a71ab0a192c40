"""An engine in a loop of its own in which nothing happens by itself: it is entered, left and made to fall, and quiet in between."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from engine.app import Orderloom
from engine.dispatch import lanes
from engine.intake import published
from engine.json_text import read_json
from engine.node.triggers import Delivery
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import Store, StoreOptions
from tests.crash.bulk import Life
from tests.crash.fall import crash
from tests.crash.scene import REGISTRY, SETTINGS, Seen, Targets

MORNING = datetime(2026, 3, 28, 8, 0, tzinfo=UTC)
IN_MEMORY = "/dev/shm"
"""Where files cost no flush: nothing here tests the disk."""
T = TypeVar("T")


class Lab:
    """``begin`` before all else, ``end`` after it; ``now`` is its clock. ``on_disk``: it works on SQLite, else in memory."""

    on_disk: ClassVar[bool] = False

    def begin(self, watch: Callable[[Seen], None]) -> None:
        """``watch`` is told of each call that a target gets."""
        self.loop = asyncio.new_event_loop()
        self.compiling, published._COMPILING = published._COMPILING, AtOnce()  # type: ignore[misc,assignment]
        self.most, lanes.MOST = lanes.MOST, 1  # type: ignore[misc]  # so that most orders whose runs hold others are set aside
        self.folder = tempfile.mkdtemp(dir=IN_MEMORY if Path(IN_MEMORY).is_dir() else None) if self.on_disk else None
        self.memory = MemoryStore()
        Life.number = 0
        self.targets = Targets(watch=watch)
        self.now = MORNING
        self.run(self._enter())

    def end(self) -> None:
        self.run(self._leave(), quiet=False)
        self.loop.close()
        published._COMPILING, lanes.MOST = self.compiling, self.most  # type: ignore[misc]

    def fall_and_rise(self) -> None:
        """As by kill -9 and a start."""
        self.run(crash(self.app), quiet=False)
        self.run(self._enter())

    def run(self, what: Coroutine[Any, Any, T], *, quiet: bool = True) -> T:
        """Until it is done and nothing moves any more by itself."""
        found = self.loop.run_until_complete(what)
        if quiet:
            self.loop.run_until_complete(self._quiet())
        return found

    def state(self, run: int) -> str:
        if self.folder is None:
            return self.memory._kept.runs[run].state
        with closing(sqlite3.connect(f"{self.folder}/orderloom.db")) as connection:
            return connection.execute("SELECT state FROM run WHERE id = ?", (run,)).fetchone()[0]

    def _open(self) -> Store:
        return self.memory if self.folder is None else open_store(StoreOptions(self.folder))

    async def _enter(self) -> None:
        self.targets.gate, self.targets.held = asyncio.Event(), 0
        Life.number += 1
        self.app = Orderloom(SETTINGS, self._open(), REGISTRY, clock=lambda: self.now)
        await self.app.__aenter__()
        if self.folder is not None:
            database: Any = self.app.store
            database._open.read = _inline(database._open._in_session)
        for name, value in {"outside": self.targets, "sleep": lambda _: asyncio.sleep(0), "chance": lambda: 0.5}.items():
            object.__setattr__(self.app.world, name, value)
        self.app._upkeep.start = lambda: None  # type: ignore[method-assign]  # what it does at its times, the rules do
        await self.app.start()

    async def _leave(self) -> None:
        self.targets.gate.set()
        await self.app.__aexit__()
        if self.folder is not None:
            shutil.rmtree(self.folder)
        await self.loop.shutdown_default_executor()

    async def _let_go(self) -> None:
        self.targets.gate.set()
        await self._quiet()
        self.targets.gate = asyncio.Event()

    async def _hook(self, body: bytes, flow: str = "scene") -> Any:
        return await self.app.intake.hook(flow, "hook", Delivery(body))

    async def _journaled(self, run: int) -> set[str]:
        found: set[str] = set()
        for fact in await self.app.store.facts(run):
            body = read_json(fact.body)
            found |= {entry["id"] for name in ("results", "backoffs") for entry in body.get(name, ())} | {body.get("id", "")}
        return found

    async def _quiet(self) -> None:
        still = 0
        while still < 40:
            still = 0 if self.app.store.journal.backlog() else still + 1
            await asyncio.sleep(0)


class AtOnce:
    """Compiles where it is asked to, as a thread would go on while the model looks."""

    def submit(self, work: Callable[[], T]) -> Future[T]:
        done: Future[T] = Future()
        done.set_result(work())
        return done


def _inline(query: Any) -> Any:
    """Reads in the loop's own thread, so that the order of things is the same each time."""

    async def read(statement: Any) -> Any:
        return query(statement)

    return read
