"""How SQLite finds what is asked for: the plans of its statements, not the time they take."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from engine.errors import NotFound
from engine.store.cleansing import NewMatch
from engine.store.filters import EventFilter, OrderFilter
from engine.store.ports import RunFilter, Store
from engine.store.sql import SqlStore

from .conftest import EVENT, NOW, ask, ended, fact, numbered, order, parked


async def test_open_runs_are_found_without_looking_at_those_that_are_done(sql: SqlStore, database: Path) -> None:
    """The plan, not the time: SQLite must use the index that holds no finished run."""
    statements: list[str] = []
    await sql.journal.call(lambda connection: connection.set_trace_callback(statements.append))
    await sql.open_runs()
    await sql.journal.call(lambda connection: connection.set_trace_callback(None))
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

    await sql.journal.call(lambda connection: connection.set_progress_handler(count, 1000))
    assert [each.id for each in await sql.open_runs()] == [run]
    await sql.journal.call(lambda connection: connection.set_progress_handler(None, 0))
    assert steps < 10


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
    await sql.journal.call(lambda connection: connection.set_trace_callback(statements.append))
    accepted = await asyncio.gather(*(sql.journal.put_event(numbered(number)) for number in range(3)))
    orders = [order(channel_order_id=str(number), body=order().body) for number in range(3)]
    await asyncio.gather(*(sql.journal.put_order(one, fact(run.id)) for one, run in zip(orders, accepted, strict=True)))
    ends = zip(accepted, (ended(), parked(), ended()), strict=True)
    await asyncio.gather(*(sql.journal.put_fact(fact(run.id, 2), end) for run, end in ends))
    await sql.put_matches([NewMatch("jd", "", f"key-{n}", f"p-{n}", "", "", f"OWN-{n}") for n in range(3)], note="", actor="ann", at=NOW)
    await sql.journal.call(lambda connection: connection.set_trace_callback(None))
    lookups = [each for each in statements if "LIMIT 1" not in each]
    whole = [(each, step) for each in lookups for step in plan_of(database, each) if READ_WHOLE.match(step)]
    assert len(statements) > 20
    assert whole == []


def plan_of(database: Path, statement: str) -> list[str]:
    if not statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
        return []
    return [row[3] for row in ask(database, f"EXPLAIN QUERY PLAN {statement}")]
