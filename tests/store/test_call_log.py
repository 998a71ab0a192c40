"""The log of calls: noted in memory, written beside the orders, searched, kept for a while."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.errors import OrderloomError
from engine.store.call_log import SqlCallLog
from engine.store.call_records import CallFilter, CallNote
from engine.store.options import KeepCalls
from engine.store.ports import Store, StoreOptions
from engine.store.sqlite import SqliteBase

from .conftest import NOW, code


def noted(at: datetime = NOW, place: str = "wms", path: str = "/orders", **changes: Any) -> CallNote:
    given: dict[str, Any] = {"direction": "out", "status": 201, "code": None, "ms": 12.5, "failed": False, "run_id": 7, "excerpt": None}
    given |= changes
    return (
        at, given["direction"], place, "POST", path, given["status"], given["code"], given["ms"], given["failed"],
        given["run_id"], "order_hub", "to_wms", "e1", 1, None, given["excerpt"],
    )  # fmt: skip


async def test_a_call_is_read_as_it_was_noted(store: Store) -> None:
    store.call_log.note(noted(failed=True, status=422, excerpt={"status": 422, "body": {"error": "****"}}))
    (call,) = (await store.call_log.calls()).items
    assert (call.at, call.place, call.status, call.ms, call.failed, call.run_id) == (NOW, "wms", 422, 12.5, True, 7)
    assert call.excerpt == '{"status":422,"body":{"error":"****"}}'
    assert await store.call_log.call(call.id) == call


async def test_calls_are_listed_newest_first_in_pages(store: Store) -> None:
    for number in range(5):
        store.call_log.note(noted(run_id=number))
    first = await store.call_log.calls(limit=3)
    second = await store.call_log.calls(limit=3, cursor=first.next)
    assert [call.run_id for call in (*first.items, *second.items)] == [4, 3, 2, 1, 0]
    assert second.next is None


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (CallFilter(direction="in"), [3]),
        (CallFilter(place="wms"), [1, 2]),
        (CallFilter(outcome="failed"), [2]),
        (CallFilter(outcome="ok"), [1, 3]),
        (CallFilter(status=503), [2]),
        (CallFilter(runs=[1, 3]), [1, 3]),
        (CallFilter(runs=[]), []),
        (CallFilter(since=NOW + timedelta(seconds=1)), [2, 3]),
        (CallFilter(until=NOW + timedelta(seconds=1)), [1]),
        (CallFilter(slow=1000), [2]),
        (CallFilter(place="wms", outcome="ok"), [1]),
    ],
)
async def test_each_filter_narrows(store: Store, where: CallFilter, found: list[int]) -> None:
    store.call_log.note(noted(run_id=1))
    store.call_log.note(noted(NOW + timedelta(seconds=1), run_id=2, failed=True, status=503, ms=1500.0))
    store.call_log.note(noted(NOW + timedelta(seconds=2), place="order_hub/taobao", run_id=3, direction="in", status=200))
    assert sorted(call.run_id or 0 for call in (await store.call_log.calls(where)).items) == found
    assert await store.call_log.call_places() == ["order_hub/taobao", "wms"]


async def test_an_unknown_call_is_not_found(store: Store) -> None:
    with pytest.raises(OrderloomError) as caught:
        await store.call_log.call(4711)
    assert code(caught) == "call_log.unknown"


async def test_a_telephone_number_in_a_path_or_a_place_is_masked(store: Store) -> None:
    store.call_log.note(noted(place="order_hub/13812345678", path="/customers/13812345678"))
    (call,) = (await store.call_log.calls()).items
    assert "13812345678" not in call.place + call.path


async def test_what_answers_said_is_forgotten_for_one_run(store: Store) -> None:
    for run in (1, 2):
        store.call_log.note(noted(run_id=run, failed=True, excerpt={"status": 500}))
    await store.call_log.forget_answers(1)
    assert {call.run_id: call.excerpt for call in (await store.call_log.calls()).items} == {1: None, 2: '{"status":500}'}


async def test_calls_lie_in_a_database_of_their_own_and_survive(options: StoreOptions, sql: Store) -> None:
    sql.call_log.note(noted())
    await sql.close()
    file = Path(options.data) / "calls.db"
    assert file.stat().st_mode & 0o077 == 0
    assert _count(file) == 1
    with sqlite3.connect(Path(options.data) / "orderloom.db") as main:
        assert main.execute("SELECT count(*) FROM sqlite_master WHERE name = 'call_log'").fetchone() == (0,)


async def test_a_call_is_written_within_a_second_though_nobody_reads(options: StoreOptions, sql: Store) -> None:
    began = time.monotonic()
    sql.call_log.note(noted())
    await _until(lambda: _count(Path(options.data) / "calls.db") == 1)
    assert time.monotonic() - began < 5  # a busy machine may take longer than the half second


async def test_more_than_fits_into_memory_is_counted_and_not_kept(tmp_path: Path) -> None:
    base = SqliteBase(tmp_path / "orderloom.db", tmp_path / "keys.db")
    failing = _Failing(base)
    log = SqlCallLog(failing.connect, KeepCalls(), most=3)
    for number in range(5):
        log.note(noted(run_id=number))
    assert log.lost == 2
    with pytest.raises(OrderloomError):
        await log.calls()
    failing.broken = False
    assert [call.run_id for call in (await log.calls()).items] == [2, 1, 0]
    await log.close()


async def test_old_calls_and_those_beyond_the_number_go(tmp_path: Path) -> None:
    base = SqliteBase(tmp_path / "orderloom.db", tmp_path / "keys.db")
    log = SqlCallLog(base.connect_calls, KeepCalls(days=30, most=2), sweep_every=0.1)
    now = datetime.now(NOW.tzinfo)
    for number, days in enumerate((40, 3, 2, 1)):
        log.note(noted(now - timedelta(days=days), run_id=number))
    await log.calls()
    await _until(lambda: _count(base.calls) == 2)
    assert [call.run_id for call in (await log.calls()).items] == [3, 2]
    await log.close()


def test_noting_a_call_costs_less_than_two_microseconds(tmp_path: Path) -> None:
    base = SqliteBase(tmp_path / "orderloom.db", tmp_path / "keys.db")
    log, call = SqlCallLog(base.connect_calls, KeepCalls(), most=100_000), noted()
    best = min(_seconds(lambda: log.note(call), 2_000) for _ in range(5))
    assert best / 2_000 < 2e-6


class _Failing:
    def __init__(self, base: SqliteBase) -> None:
        self.base, self.broken = base, True

    def connect(self) -> Any:
        if self.broken:
            raise OSError(28, "No space left on device")
        return self.base.connect_calls()


def _count(file: Path) -> int:
    with sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True) as connection:
        try:
            return connection.execute("SELECT count(*) FROM call_log").fetchone()[0]
        except sqlite3.OperationalError:
            return 0


def _seconds(work: Callable[[], None], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return time.perf_counter() - began


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)
