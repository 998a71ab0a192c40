"""What only a store on disk promises of its writes: few commits, nothing half done, nothing acknowledged while it cannot write."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from engine.store.open import open_store
from engine.store.ports import StoreOptions
from engine.store.problems import StoreUnavailable
from engine.store.sql import SqlStore

from .conftest import EVENT, NOW, ended, fact, numbered


async def test_what_is_put_at_the_same_time_shares_few_commits(sql: SqlStore) -> None:
    before = sql.commits
    await asyncio.gather(*(sql.journal.put_event(numbered(n)) for n in range(500)))
    assert sql.commits - before == 1


async def test_a_flood_is_cut_into_transactions_of_bounded_size(sql: SqlStore) -> None:
    run = (await sql.journal.put_event(EVENT)).id
    before = sql.commits
    await asyncio.gather(*(sql.journal.end_run(run, ended("running")) for _ in range(5_000)))
    assert sql.commits - before == 3


async def test_what_comes_while_a_commit_is_under_way_gathers_for_the_next(sql: SqlStore) -> None:
    async def life(number: int) -> None:
        accepted = await sql.journal.put_event(numbered(number))
        await sql.journal.put_fact(fact(accepted.id), ended())

    before = sql.commits
    await asyncio.gather(*(life(n) for n in range(300)))
    assert sql.commits - before <= 6
    assert await sql.run_counts() == {("order_hub", "done"): 300}


async def test_a_write_that_cannot_be_made_fails_alone(sql: SqlStore) -> None:
    broken: Any = 17
    writes = [sql.journal.put_event(numbered(n)) for n in range(3)]
    writes.insert(1, sql.journal.put_event(numbered(9, body=broken)))
    answers = await asyncio.gather(*writes, return_exceptions=True)
    assert [isinstance(answer, Exception) for answer in answers] == [False, True, False, False]
    assert len((await sql.events()).items) == 3
    assert await sql.run_counts() == {("order_hub", "queued"): 3}


async def test_a_rare_write_that_fails_is_undone_alone(sql: SqlStore) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO counter VALUES ('half', 1)")
        raise ValueError("half way")

    good, bad = await asyncio.gather(sql.journal.put_event(EVENT), sql.journal.call(half), return_exceptions=True)
    assert isinstance(bad, ValueError)
    assert (await sql.event(good.id)).key == EVENT.key
    assert not await sql._database.read(
        lambda session: session.connection().exec_driver_sql("SELECT * FROM counter WHERE name = 'half'").all()
    )


async def test_while_the_database_is_full_nothing_is_acknowledged_and_later_all_goes_on(sql: SqlStore) -> None:
    await sql.journal.call(lambda connection: connection.execute("PRAGMA max_page_count = 1").fetchone())
    answers = await asyncio.gather(
        *(sql.journal.put_event(numbered(n, body=os.urandom(100_000))) for n in range(3)), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [StoreUnavailable] * 3
    assert not (await sql.journal.put_event(EVENT)).duplicate
    assert len((await sql.events()).items) == 1


async def test_another_process_holding_the_lock_too_long_is_said_and_survived(
    sql: SqlStore, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sql.journal.call(lambda connection: connection.execute("PRAGMA busy_timeout = 1").fetchone())
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable) as caught:
            await sql.journal.put_event(EVENT)
        other.execute("ROLLBACK")
    assert caught.value.problems[0].fields == {"reason": "SQLITE_BUSY"}
    assert not (await sql.journal.put_event(EVENT)).duplicate


async def test_closing_writes_what_still_waits(options: StoreOptions) -> None:
    store = open_store(options)
    await store.open()
    waiting = [store.journal.put_event(numbered(n)) for n in range(50)]
    await store.close()
    assert all(write.done() for write in waiting)
    again = open_store(options)
    await again.open()
    assert len((await again.events()).items) == 50
    await again.close()


async def test_a_store_that_is_not_open_says_so(options: StoreOptions) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        await open_store(options).flows()
    assert caught.value.problems[0].code == "store.not_open"


async def test_reads_do_not_wait_for_a_commit_under_way(sql: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    run = (await sql.journal.put_event(EVENT)).id
    begun, gate = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO counter VALUES ('slow', 1)")
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()

    writing = sql.journal.call(slow)
    await begun.wait()
    assert (await sql.event(run)).key == EVENT.key
    assert sql.journal.backlog() == 1
    gate.set()
    await writing


async def test_a_cancelled_waiter_does_not_disturb_the_others(sql: SqlStore) -> None:
    first, second = sql.journal.put_event(numbered(1)), sql.journal.put_event(numbered(2))
    first.cancel()
    assert not (await second).duplicate


async def test_times_are_kept_to_the_microsecond(sql: SqlStore) -> None:
    run = (await sql.journal.put_event(EVENT)).id
    assert (await sql.event(run)).received_at == NOW
