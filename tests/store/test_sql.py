"""What only the store on disk promises: few commits, sealed bodies, cheap recovery."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from engine.errors import NotFound
from engine.privacy.cipher import Unreadable
from engine.store import write_events, write_facts
from engine.store.cleansing import NewMatch
from engine.store.filters import EventFilter, OrderFilter
from engine.store.open import open_store
from engine.store.ports import Event, RunFilter, Store, StoreOptions
from engine.store.problems import StoreUnavailable
from engine.store.sql import SqlStore

from .conftest import EVENT, NOW, PHONE, ended, event, fact, numbered, order, parked


@pytest.fixture
def database(options: StoreOptions) -> Path:
    return Path(options.data) / "orderloom.db"


@pytest.fixture
def keys(options: StoreOptions) -> Path:
    return Path(options.data) / "keys.db"


def ask(file: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        return connection.execute(statement).fetchall()


async def fill(store: Store) -> int:
    """One of everything that holds personal data or a secret."""
    run = (await store.journal.put_event(event(delivery_key=PHONE))).id
    await store.journal.put_fact(fact(run, 1, f'{{"phone":"{PHONE}"}}'.encode()), parked())
    await store.journal.put_order(order(), fact(run, 2, f'{{"ok":"@outcome","phone":"{PHONE}"}}'.encode()))
    [incident] = (await store.incidents()).items
    await store.close_incident(incident.id, "resumed", fact(run, 3, f'{{"edit":"{PHONE}"}}'.encode()))
    await store.save_connection("wms", f'{{"secret":"{PHONE}"}}'.encode(), actor="ann")
    return run


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

    good, bad = await asyncio.gather(sql.journal.put_event(EVENT), sql.journal.call(half), return_exceptions=True)  # type: ignore[attr-defined]
    assert isinstance(bad, ValueError)
    assert (await sql.event(good.id)).key == EVENT.key
    assert not await sql._database.read(
        lambda session: session.connection().exec_driver_sql("SELECT * FROM counter WHERE name = 'half'").all()
    )


async def test_while_the_database_is_full_nothing_is_acknowledged_and_later_all_goes_on(sql: SqlStore) -> None:
    await sql.journal.call(lambda connection: connection.execute("PRAGMA max_page_count = 1").fetchone())  # type: ignore[attr-defined]
    answers = await asyncio.gather(
        *(sql.journal.put_event(numbered(n, body=os.urandom(100_000))) for n in range(3)), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [StoreUnavailable] * 3
    assert not (await sql.journal.put_event(EVENT)).duplicate
    assert len((await sql.events()).items) == 1


async def test_another_process_holding_the_lock_too_long_is_said_and_survived(
    sql: SqlStore, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sql.journal.call(lambda connection: connection.execute("PRAGMA busy_timeout = 1").fetchone())  # type: ignore[attr-defined]
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


async def test_facts_of_a_run_from_an_earlier_process_are_sealed_with_its_key(options: StoreOptions) -> None:
    first = open_store(options)
    await first.open()
    run = (await first.journal.put_event(EVENT)).id
    await first.close()
    second = open_store(options)
    await second.open()
    assert [each.id for each in await second.open_runs()] == [run]
    await second.journal.put_fact(fact(run, 1, b'{"n":1}'))
    assert [each.body for each in await second.facts(run)] == [b'{"n":1}']
    await second.close()


def found_in(data: Path, marker: str) -> list[str]:
    return [str(file.relative_to(data)) for file in sorted(data.rglob("*")) if file.is_file() and marker.encode() in file.read_bytes()]


async def test_bodies_facts_orders_and_connections_are_sealed(options: StoreOptions) -> None:
    store = open_store(options)
    await store.open()
    await fill(store)
    assert found_in(Path(options.data), PHONE) == []
    await store.close()
    assert found_in(Path(options.data), PHONE) == []


@pytest.mark.parametrize("module", [write_events, write_facts])
async def test_a_store_that_does_not_seal_is_caught(options: StoreOptions, module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above."""
    monkeypatch.setattr(module, "seal", lambda _key, body, _place: body)
    store = open_store(options)
    await store.open()
    run = (await store.journal.put_event(EVENT)).id
    await store.journal.put_fact(fact(run, 1, PHONE.encode()))
    assert found_in(Path(options.data), PHONE) != []
    await store.close()


async def test_a_sealed_body_moved_to_another_row_cannot_be_read(sql: SqlStore, database: Path) -> None:
    one, other = [(await sql.journal.put_event(numbered(n))).id for n in range(2)]
    key_id, body = ask(database, f"SELECT key_id, body FROM event WHERE id = {one}")[0]
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("UPDATE event SET key_id = ?, body = ? WHERE id = ?", (key_id, body, other))
    with pytest.raises(Unreadable):
        await sql.event_body(other)


async def test_each_event_has_a_key_of_its_own_that_is_on_disk(sql: SqlStore, database: Path, keys: Path) -> None:
    await asyncio.gather(*(sql.journal.put_event(numbered(n)) for n in range(1500)))
    used = {key_id for (key_id,) in ask(database, "SELECT key_id FROM event")}
    assert len(used) == 1500
    assert used <= {key_id for (key_id,) in ask(keys, "SELECT id FROM data_key")}


async def test_keys_that_no_event_took_are_gone_after_closing(options: StoreOptions, keys: Path) -> None:
    store = open_store(options)
    await store.open()
    await store.journal.put_event(EVENT)
    await store.close()
    assert len(ask(keys, "SELECT id FROM data_key")) == 1


async def test_without_its_key_an_event_is_erased_and_shows_it(sql: SqlStore, keys: Path) -> None:
    run = await fill(sql)
    other = (await sql.journal.put_event(numbered(7))).id
    ask(keys, "DELETE FROM data_key WHERE id = (SELECT min(id) FROM data_key)")
    for read in (sql.event_body, sql.facts):
        with pytest.raises(NotFound) as caught:
            await read(run)
        assert caught.value.problems[0].code == "event.erased"
    shown: list[Event] = list((await sql.events()).items)
    assert [(each.id, each.erased) for each in shown] == [(other, False), (run, True)]
    assert (await sql.event(run)).erased
    assert (await sql.order("taobao", "s1", "1001")) == replace(order(), body=b"", event_id=run, updated_at=fact(run, 2).at)


async def test_a_changed_audit_row_is_found(sql: SqlStore, database: Path) -> None:
    for number in range(5):
        await sql.audit("ann", "order.reveal", str(number), {})
    ask(database, "UPDATE audit SET actor = 'bob' WHERE id = 3")
    assert await sql.audit_broken_at() == 3


async def test_a_deleted_last_audit_row_is_found(sql: SqlStore, database: Path) -> None:
    for number in range(5):
        await sql.audit("ann", "order.reveal", str(number), {})
    ask(database, "DELETE FROM audit WHERE id = 5")
    assert await sql.audit_broken_at() == 5


async def test_open_runs_are_found_without_looking_at_those_that_are_done(sql: SqlStore, database: Path) -> None:
    """The plan, not the time: SQLite must use the index that holds no finished run."""
    statements: list[str] = []
    await sql.journal.call(lambda connection: connection.set_trace_callback(statements.append))  # type: ignore[attr-defined]
    await sql.open_runs()
    await sql.journal.call(lambda connection: connection.set_trace_callback(None))  # type: ignore[attr-defined]
    selects = [each for each in statements if each.startswith("SELECT") and " run " in each]
    assert len(selects) == 2
    for each in selects:
        plan = " ".join(row[3] for row in ask(database, f"EXPLAIN QUERY PLAN {each}"))
        assert "run_not_done" in plan, plan
        assert "SCAN run" not in plan, plan


@pytest.mark.slow
async def test_a_million_finished_runs_do_not_slow_recovery(sql: SqlStore, database: Path) -> None:
    run = (await sql.journal.put_event(EVENT)).id
    ask(
        database,
        "INSERT INTO run SELECT value, 'hub', 1, 'done', 'k' || value, 0, 0, 9, '', 1 FROM "
        "(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 1000000) SELECT value FROM n)",
    )
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    await sql.journal.call(lambda connection: connection.set_progress_handler(count, 1000))  # type: ignore[attr-defined]
    assert [each.id for each in await sql.open_runs()] == [run]
    await sql.journal.call(lambda connection: connection.set_progress_handler(None, 0))  # type: ignore[attr-defined]
    assert steps < 10


async def test_reads_do_not_wait_for_a_commit_under_way(sql: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    run = (await sql.journal.put_event(EVENT)).id
    begun, gate = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO counter VALUES ('slow', 1)")
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result()

    writing = sql.journal.call(slow)  # type: ignore[attr-defined]
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


@pytest.mark.parametrize(
    "listing",
    [
        lambda store: store.runs(RunFilter(flow="order_hub")),
        lambda store: store.runs(RunFilter(state="parked")),
        lambda store: store.runs(RunFilter(order="taobao/s1/1001")),
        lambda store: store.runs(RunFilter(since=NOW, until=NOW)),
        lambda store: store.run_counts_since(NOW),
        lambda store: store.accepted_by_second(NOW),
        lambda store: store.events(EventFilter(flow="order_hub")),
        lambda store: store.events(EventFilter(trigger="taobao")),
        lambda store: store.events(EventFilter(mark="conflict")),
        lambda store: store.events(EventFilter(mark="cancellation")),
        lambda store: store.orders(OrderFilter(channel="taobao")),
        lambda store: store.orders(OrderFilter(status="shipped")),
        lambda store: store.orders(OrderFilter(priority="urgent")),
        lambda store: store.orders(OrderFilter(since=NOW)),
        lambda store: store.incidents(),
        lambda store: store.parked_order_keys(),
        lambda store: store.resting_runs("order_hub", "taobao/s1/1001"),
        lambda store: store.resting_versions(),
        lambda store: store.resting_page("parked", "order_hub"),
        lambda store: store.order("taobao", "s1", "1001"),
        lambda store: store.orders(OrderFilter(text="1001")),
        lambda store: store.audit_rows(),
    ],
)
async def test_no_query_reads_a_whole_table(sql: SqlStore, listing: Callable[[Store], Awaitable[object]]) -> None:
    """Whoever looks for an order by its number reads what is not done, too: 25 ms where 100,000 runs are parked."""
    statements: list[str] = []

    @sqlalchemy.event.listens_for(sql._database._engine, "before_cursor_execute")
    def note(_connection: object, cursor: sqlite3.Cursor, statement: str, values: Any, *_: object) -> None:
        plan = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
        statements.extend(row[3] for row in plan)

    with suppress(NotFound):
        await listing(sql)
    assert statements
    assert not [step for step in statements if step.startswith("SCAN") and "COVERING INDEX" not in step and "run_not_done" not in step]
    few = any("ix_run_order_key" in step or "run_not_done" in step for step in statements)
    assert few or "USE TEMP B-TREE FOR ORDER BY" not in statements


READ_WHOLE = re.compile(r"SCAN (?!\w+ CONSTANT|CONSTANT|wanted|ended)")


async def test_no_write_reads_a_whole_table(sql: SqlStore, database: Path) -> None:
    """Of several rows at once: for one row SQLite uses an index where for two it reads everything."""
    statements: list[str] = []
    await sql.journal.call(lambda connection: connection.set_trace_callback(statements.append))  # type: ignore[attr-defined]
    accepted = await asyncio.gather(*(sql.journal.put_event(numbered(number)) for number in range(3)))
    orders = [order(channel_order_id=str(number), body=order().body) for number in range(3)]
    await asyncio.gather(*(sql.journal.put_order(one, fact(run.id)) for one, run in zip(orders, accepted, strict=True)))
    ends = zip(accepted, (ended(), parked(), ended()), strict=True)
    await asyncio.gather(*(sql.journal.put_fact(fact(run.id, 2), end) for run, end in ends))
    await sql.put_matches([NewMatch("jd", "", f"key-{n}", f"p-{n}", "", "", f"OWN-{n}") for n in range(3)], note="", actor="ann", at=NOW)
    await sql.journal.call(lambda connection: connection.set_trace_callback(None))  # type: ignore[attr-defined]
    lookups = [each for each in statements if "LIMIT 1" not in each]
    whole = [(each, step) for each in lookups for step in plan_of(database, each) if READ_WHOLE.match(step)]
    assert len(statements) > 20
    assert whole == []


def plan_of(database: Path, statement: str) -> list[str]:
    if not statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
        return []
    return [row[3] for row in ask(database, f"EXPLAIN QUERY PLAN {statement}")]
