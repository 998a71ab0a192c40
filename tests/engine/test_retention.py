"""What is old goes while orders keep coming in, and its space comes back; one event is erased, its run cancelled first."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine.cli.compact import compact
from engine.erasure import erase_event
from engine.errors import Conflict, NotFound, OrderloomError
from engine.retention import STEP, Retainer, Rules
from engine.run.view import told
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import RunEnd, Store, StoreOptions
from engine.store.sql import SqlStore
from tests.engine.waiting import APPROVE, House, flow, published
from tests.store.conftest import numbered

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=200)
COUNT = 20_000


async def nothing(_: float) -> None:
    await asyncio.sleep(0)


def retainer(store: Store, rules: Rules | None = None, step: int = STEP) -> Retainer:
    return Retainer(store, rules or Rules(), lambda: NOW, nothing, step)


@pytest.fixture
async def sql(tmp_path: Path) -> AsyncIterator[SqlStore]:
    store = open_store(StoreOptions(str(tmp_path)))
    await store.open()
    assert isinstance(store, SqlStore)
    yield store
    await store.close()


async def fill(store: Store, count: int, at: datetime = LONG_AGO, start: int = 0) -> list[int]:
    """Runs that ended at a time."""
    body = b'{"phone": "13812345678", "lines": "%s"}'
    events = [numbered(n, received_at=at, body=body % str(n * 7919**9).encode() * 8) for n in range(start, start + count)]
    ids = [accepted.id for accepted in await asyncio.gather(*(store.journal.put_event(event) for event in events))]
    await asyncio.gather(*(store.journal.end_run(one, RunEnd("done", at)) for one in ids))
    return ids


def free_pages(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("PRAGMA freelist_count").fetchone()[0])


async def swept(store: SqlStore, step: int) -> tuple[int, list[int], list[int]]:
    """Deletes all that is old while orders come in one after the other.

    How many runs were deleted; and by order, the commits that it took and the runs that were deleted while it was under way.
    """
    gone, delete = [0], store.delete_runs

    async def counted(run_ids: Sequence[int]) -> int:
        deleted = await delete(run_ids)
        gone[0] += deleted
        return deleted

    store.delete_runs = counted  # type: ignore[method-assign]
    task = asyncio.ensure_future(retainer(store, step=step).sweep())
    commits, meanwhile = list[int](), list[int]()
    while not task.done():
        before = store.commits, gone[0]
        await store.journal.put_event(numbered(10**6 + len(commits), received_at=NOW))
        commits.append(store.commits - before[0])
        meanwhile.append(gone[0] - before[1])
    await task
    return gone[0], commits, meanwhile


@pytest.mark.slow
async def test_orders_are_taken_at_once_while_twenty_thousand_old_runs_go_and_the_files_get_smaller(sql: SqlStore, tmp_path: Path) -> None:
    files = [tmp_path / "orderloom.db", tmp_path / "keys.db"]
    await fill(sql, COUNT)
    await sql.settle_files()
    before = [file.stat().st_size for file in files]
    deleted, commits, meanwhile = await swept(sql, STEP)
    await sql.settle_files()  # what orders that came meanwhile have written
    after = [file.stat().st_size for file in files]
    assert deleted == COUNT
    assert max(commits) <= 2, "each order is in the next transaction, or in the one after it"
    assert max(meanwhile) <= 2 * STEP, "and none of these is long"
    assert [left < size / 2 for left, size in zip(after, before, strict=True)] == [True, True], (before, after)
    assert [file.with_name(file.name + "-wal").stat().st_size for file in files] == [0, 0]
    assert free_pages(files[0]) == 0
    assert sum((await sql.run_counts()).values()) == len(commits)
    assert (await sql.journal.put_event(numbered(7))).duplicate


@pytest.mark.slow
async def test_deleting_everything_at_once_would_be_noticed(sql: SqlStore) -> None:
    await fill(sql, 2_000)
    deleted, _, meanwhile = await swept(sql, COUNT)
    assert deleted == max(meanwhile) == 2_000


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_by_age_and_by_number(kind: str, sql: SqlStore) -> None:
    store: Store = MemoryStore() if kind == "memory" else sql
    old, young = await fill(store, 10), await fill(store, 10, NOW, start=10)
    assert await retainer(store, Rules(days=300)).sweep() == 0
    assert await retainer(store, Rules(days=300, runs=15), step=3).sweep() == 5
    assert await retainer(store, Rules(days=100), step=3).sweep() == 5
    assert await retainer(store, Rules(days=100)).sweep() == 0
    with pytest.raises(NotFound):
        await store.run(old[-1])
    assert [(await store.run(one)).state for one in young] == ["done"] * 10
    assert next(row.detail for row in (await store.audit_rows()).items) == {"days": 100}


async def test_a_sweep_that_is_told_to_stop_ends_after_its_step(sql: SqlStore) -> None:
    await fill(sql, 10)
    one = retainer(sql, step=3)
    one.close()
    assert await one.sweep() == 0
    assert sum((await sql.run_counts()).values()) == 10


async def test_a_destroyed_key_is_in_no_file(sql: SqlStore, tmp_path: Path) -> None:
    (run,) = await fill(sql, 1)
    await fill(sql, 1, NOW, start=1)
    with closing(sqlite3.connect(tmp_path / "keys.db")) as connection, closing(sqlite3.connect(tmp_path / "orderloom.db")) as data:
        (key_id,) = data.execute("SELECT key_id FROM event WHERE id = ?", (run,)).fetchone()
        (wrapped,) = connection.execute("SELECT wrapped FROM data_key WHERE id = ?", (key_id,)).fetchone()
    assert wrapped in everything(tmp_path)
    await retainer(sql).sweep()
    assert wrapped not in everything(tmp_path)


def everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("*.db*"))


async def test_an_older_file_is_converted_by_a_command_while_nobody_works_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as older:
        older.setattr("engine.store.sqlite.prepare", lambda _: None)
        store = open_store(StoreOptions(str(tmp_path)))
        await store.open()
    await fill(store, 500)
    await retainer(store).sweep()
    file = tmp_path / "orderloom.db"
    assert free_pages(file) > 10, "an older file keeps its free pages"
    busy = CliRunner().invoke(compact, ["--data", str(tmp_path)])
    assert isinstance(busy.exception, OrderloomError)
    assert busy.exception.problems[0].code == "store.in_use"
    await store.close()
    done = CliRunner().invoke(compact, ["--data", str(tmp_path)])
    assert done.exit_code == 0, done.exception
    assert free_pages(file) == 0
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_a_run_that_waits_is_cancelled_before_its_event_is_erased(kind: str, tmp_path: Path) -> None:
    kept = MemoryStore()
    house = House(lambda: kept if kind == "memory" else open_store(StoreOptions(str(tmp_path))))
    async with house.open() as app:
        await published(house, flow(check=APPROVE, wires=["hook -> check"]))
        run = await house.send(phone="13812345678")
        event = await erase_event(app, run, "li")
        assert event.erased
        assert await house.state(run) == "cancelled"
        assert (await app.store.waits()).items == []
        assert (await erase_event(app, run, "li")).erased
        with pytest.raises(NotFound):
            await app.store.event_body(run)
        assert not (await app.store.event(await house.send("B"))).erased


async def test_an_event_whose_call_is_under_way_is_not_erased_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.erasure.PATIENCE", 0.0)
    kept, gate = MemoryStore(), asyncio.Event()
    house = House(lambda: kept)
    answer = house.outside.http

    async def slow(*call: Any) -> Any:
        await gate.wait()
        return await answer(*call)

    house.outside.http = slow  # type: ignore[method-assign]
    call = {"use": "connector.http_request@1", "params": {"service": {"connection": "service"}, "path": "/o"}}
    async with house.open() as app:
        await published(house, flow(call=call, wires=["hook -> call"]))
        sending = asyncio.ensure_future(house.send())
        while not app.dispatcher.running:
            await asyncio.sleep(0)
        (run,) = await app.store.open_runs()
        with pytest.raises(Conflict) as refused:
            await erase_event(app, run.id, "li")
        assert told(refused.value.problems[0]).code == "event.still_open"
        gate.set()
        await sending
        assert await house.state(run.id) == "cancelled"
        assert (await erase_event(app, run.id, "li")).erased
