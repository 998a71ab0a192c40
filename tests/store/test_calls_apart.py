"""The log of calls where another process writes it: nothing waits for it, nothing stands in it twice, what is lost is counted."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from engine.errors import OrderloomError
from engine.store.apart.calls import CallsLine, write_calls
from engine.store.call_log import TOGETHER, SqlCallLog
from engine.store.call_records import CallNote
from engine.store.open import open_store
from engine.store.options import KeepCalls
from engine.store.ports import StoreOptions
from engine.store.sql import SqlStore
from engine.store.sqlite import SqliteBase

from .conftest import NOW


@pytest.fixture
async def store(options: StoreOptions) -> AsyncIterator[SqlStore]:
    store = open_store(replace(options, apart=True))
    assert isinstance(store, SqlStore)
    await store.open()
    async with asyncio.timeout(30):
        while _log(store)._scribe() is None:
            await asyncio.sleep(0.005)
    yield store
    await store.close()


def _log(store: SqlStore) -> SqlCallLog:
    assert isinstance(store.call_log, SqlCallLog)
    return store.call_log


def _process(store: SqlStore) -> int:
    journal: Any = store.journal
    return journal._writer._worker.process.pid


def noted(run: int) -> CallNote:
    return (NOW, "out", "wms", "POST", "/orders", 201, None, 12.5, False, run, "order_hub", "to_wms", "e1", 1, None, None)


async def test_the_process_that_writes_the_orders_writes_the_calls(store: SqlStore, options: StoreOptions) -> None:
    for run in range(3):
        store.call_log.note(noted(run))
    async with asyncio.timeout(30):
        while _count(options) < 3:
            await asyncio.sleep(0.05)
    assert _log(store)._database is None, "nobody wrote or read here"
    assert [call.run_id for call in (await store.call_log.calls()).items] == [2, 1, 0]


async def test_whoever_reads_sees_what_was_noted_until_now(store: SqlStore) -> None:
    for run in range(450):
        store.call_log.note(noted(run))
    first = await store.call_log.calls(limit=1)
    assert first.items[0].run_id == 449


async def test_with_the_death_of_the_process_few_calls_are_lost_all_of_them_counted_and_none_stands_twice(store: SqlStore) -> None:
    for run in range(1000):
        store.call_log.note(noted(run))
        if run == 500:
            await asyncio.sleep(0.5)
            os.kill(_process(store), signal.SIGKILL)
        if run % 100 == 0:
            await asyncio.sleep(0.02)
    found: list[int | None] = []
    cursor: str | None = None
    while True:
        page = await store.call_log.calls(limit=200, cursor=cursor)
        found += [call.run_id for call in page.items]
        if (cursor := page.next) is None:
            break
    assert len(found) == len(set(found))
    assert len(found) + _log(store).lost in range(1000, 1000 + TOGETHER + 1)
    assert found[0] == 999


class _Pair:
    """A log here, and who writes for it in a thread."""

    def __init__(self, folder: Path) -> None:
        self.base, self.broken = SqliteBase(folder / "orderloom.db", folder / "keys.db"), False
        ours, theirs = socket.socketpair()
        self.line, self.theirs = CallsLine(ours), theirs
        self.thread = Thread(target=write_calls, args=(theirs, self.connect))
        self.thread.start()
        self.log = SqlCallLog(self.base.connect_calls, KeepCalls(), scribe=lambda: None if self.line.is_gone else self.line)

    def connect(self) -> Any:
        if self.broken:
            raise OSError(28, "No space left on device")
        return self.base.connect_calls()

    async def close(self) -> None:
        await self.log.close()
        self.line.close()
        await asyncio.to_thread(self.thread.join)
        self.theirs.close()


async def test_what_the_other_process_cannot_write_is_kept_for_another_time(tmp_path: Path) -> None:
    pair = _Pair(tmp_path)
    pair.broken = True
    pair.log.note(noted(1))
    with pytest.raises(OrderloomError):
        await pair.log.calls()
    pair.broken = False
    pair.log.note(noted(2))
    assert [call.run_id for call in (await pair.log.calls()).items] == [2, 1]
    assert pair.log.lost == 0
    await pair.close()


async def test_once_the_other_process_is_gone_calls_are_written_here(tmp_path: Path) -> None:
    pair = _Pair(tmp_path)
    pair.log.note(noted(1))
    await pair.log.calls()
    pair.theirs.shutdown(socket.SHUT_RDWR)
    pair.log.note(noted(2))
    await pair.log.calls()
    pair.log.note(noted(3))
    assert [call.run_id for call in (await pair.log.calls()).items] == [3, 1]
    assert pair.log.lost == 1
    await pair.close()


async def test_a_process_that_hangs_keeps_nobody_waiting_for_ever(tmp_path: Path) -> None:
    base = SqliteBase(tmp_path / "orderloom.db", tmp_path / "keys.db")
    ours, theirs = socket.socketpair()
    line = CallsLine(ours, patience=0.05)
    log = SqlCallLog(base.connect_calls, KeepCalls(), scribe=lambda: None if line.is_gone else line)
    log.note(noted(1))
    assert (await log.calls()).items == []
    log.note(noted(2))
    assert [call.run_id for call in (await log.calls()).items] == [2]
    assert log.lost == 1
    await log.close()
    line.close()
    theirs.close()


def _count(options: StoreOptions) -> int:
    try:
        with sqlite3.connect(Path(options.data) / "calls.db") as database:
            return database.execute("SELECT count(*) FROM call_log").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
