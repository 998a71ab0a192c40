"""Runs that wait hold no memory, survive a restart, and go on when their time, their signal or their answer has come."""

from __future__ import annotations

import gc
import sqlite3
import tracemalloc
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from engine.app import Orderloom
from engine.errors import Conflict, InputInvalid, NodeError, NotFound, Problem
from engine.run.wakes import due_at
from engine.store.open import open_store
from engine.store.ports import Event, StoreOptions, WaitFilter
from tests.engine.waiting import APPROVE, MORNING, REST, SERVICE, SETTINGS, House, flow, published


async def test_a_waiting_run_leaves_no_trace_in_memory_and_goes_on_when_its_time_has_come(house: House) -> None:
    async with house.open():
        await published(house, flow(REST))
        run = await house.send()
        assert await house.state(run) == "waiting"
        assert (house.app.dispatcher.running, house.app.dispatcher.waiting) == (0, 0)
        await house.later(hours=1, minutes=59)
        assert house.outside.keys == []
        await house.later(minutes=1)
        assert await house.state(run) == "done"
        assert len(house.outside.keys) == 1
        await house.later(days=9)
        assert len(house.outside.keys) == 1


async def test_a_wait_that_a_node_computes_too_long_is_a_problem_of_its_own() -> None:
    for seconds in (9e14, 1e300, float("nan")):
        with pytest.raises(NodeError) as caught:
            due_at({"wait": "timer", "seconds": seconds}, MORNING)
        assert (caught.value.problem.code, dict(caught.value.problem.fields)) == ("wait.too_long", {"limit": "3650d"})


async def test_a_time_beyond_all_calendars_is_a_problem_of_the_expression(house: House) -> None:
    async with house.open() as app:
        until = {"until": "timestamp(item.at) + duration(item.span)"}
        await published(house, flow({"use": "flow.wait_until@1", "params": until}))
        await house.send("A", at="2026-01-16T07:00:00Z", span="216000000h")
        (incident,) = (await app.store.incidents()).items
        assert incident.code == "expression.overflow"


async def test_a_wait_outlasts_restarts_and_keeps_its_time(house: House) -> None:
    async with house.open():
        await published(house, flow(REST))
        run = await house.send()
    house.clock.time += timedelta(hours=1)
    async with house.open():
        assert await house.state(run) == "waiting"
        await house.later(minutes=59)
        assert await house.state(run) == "waiting"
    house.clock.time += timedelta(days=3)
    async with house.open():
        await house.later()
        assert await house.state(run) == "done"
    assert len(house.outside.keys) == 1


async def test_a_time_that_is_past_is_no_wait(house: House) -> None:
    async with house.open():
        await published(house, flow({"use": "flow.wait_until@1", "params": {"until": "item.at"}}))
        assert await house.state(await house.send("A", at="2026-01-16T07:00:00Z")) == "done"
        later = await house.send("B", at="2026-01-16T09:00:00+00:00")
        assert await house.state(later) == "waiting"
        await house.later(hours=1)
        assert await house.state(later) == "done"


async def test_later_events_of_an_order_pass_a_waiting_one_unless_the_trigger_holds_them(house: House) -> None:
    async with house.open():
        await published(house, flow(REST))
        first, second = await house.send(version=1), await house.send(version=2)
        assert [await house.state(run) for run in (first, second)] == ["waiting", "waiting"]
        await published(house, flow(REST, hook={"policy": {"while_waiting": "hold"}}))
        third, fourth = await house.send("B", 1), await house.send("B", 2)
        assert [await house.state(run) for run in (third, fourth)] == ["waiting", "queued"]
    async with house.open():
        assert await house.state(fourth) == "queued"
        await house.later(hours=2)
        assert [await house.state(run) for run in (first, second, third, fourth)] == ["done", "done", "done", "waiting"]


async def test_a_signal_ends_a_wait_once_and_brings_what_it_says(house: House) -> None:
    async with house.open() as app:
        rest = {"use": "flow.wait_for@1", "params": {"duration": "1d", "signal": True, "into": "proof"}}
        await published(house, flow(rest, wires=["hook -> rest", "rest.signal -> call"]))
        run = await house.send()
        token = app.waits.token((await house.only_wait()).effect)
        with pytest.raises(NotFound):
            await app.waits.signal(token[:-1] + ("0" if token[-1] != "0" else "1"), {})
        await app.waits.signal(token, {"paid": True})
        await house.settle()
        assert await house.state(run) == "done"
        assert house.outside.bodies == [{"id": "A", "v": 1, "proof": {"paid": True}}]
        with pytest.raises(Conflict):
            await app.waits.signal(token, {"paid": False})
        await house.later(days=2)
        assert len(house.outside.bodies) == 1


async def test_a_signal_without_the_body_that_is_needed_uses_nothing_up(house: House) -> None:
    rest = {"use": "flow.wait_for@1", "params": {"signal": True, "into": "proof"}}
    async with house.open():
        await published(house, flow(rest, wires=["hook -> rest", "rest.signal -> call"]))
        run = await house.send()
    async with house.open() as app:
        wait = await house.only_wait()
        token = app.waits.token(wait.effect)
        with pytest.raises(InputInvalid) as caught:
            await app.waits.signal(token, None)
        assert caught.value.problems == (Problem("wait.no_body", ("waiting", "rest"), {"path": "proof"}),)
        assert (await house.only_wait(), await house.state(run)) == (wait, "waiting")
        await app.waits.signal(token, {"paid": True})
        await house.settle()
        assert (await house.state(run), house.outside.bodies[0]["proof"]) == ("done", {"paid": True})
        with pytest.raises(Conflict):
            await app.waits.signal(token, None)


async def test_a_signal_needs_no_body_where_nothing_is_kept_of_it(house: House) -> None:
    async with house.open() as app:
        await published(house, flow({"use": "flow.wait_for@1", "params": {"signal": True}}, wires=["hook -> rest", "rest.signal -> call"]))
        run = await house.send()
        await app.waits.signal(app.waits.token((await house.only_wait()).effect), None)
        await house.settle()
        assert await house.state(run) == "done"


async def test_an_approval_three_restarts_long(house: House) -> None:
    async with house.open():
        await published(house, flow(APPROVE, wires=["hook -> rest", "rest.approved -> call"]))
        run = await house.send()
    for _ in range(2):
        async with house.open():
            assert await house.state(run) == "waiting"
    async with house.open() as app:
        await app.waits.end(await house.only_wait(), "answer", "lead", {"decision": "approved"})
        await house.settle()
        assert await house.state(run) == "done"
    (body,) = house.outside.bodies
    assert body["answer"] == {"decision": "approved", "by": "lead", "at": "2026-01-16T08:00:00Z"}


async def test_nobody_answers_in_time(house: House) -> None:
    async with house.open():
        await published(house, flow(APPROVE, wires=["hook -> rest", "rest.overdue -> call"]))
        run = await house.send()
        await house.later(hours=4)
        assert await house.state(run) == "done"
        assert len(house.outside.keys) == 1


async def test_a_cancelled_run_waits_no_more(house: House) -> None:
    async with house.open() as app:
        await published(house, flow(REST))
        run = await house.send()
        await app.cancel(run, "owner")
        assert await house.state(run) == "cancelled"
        assert (await app.store.waits()).items == []
        await house.later(days=1)
        assert house.outside.keys == []


async def test_one_item_waits_while_the_others_of_its_run_go_on(house: House) -> None:
    async with house.open():
        lines = {"use": "transform.split_lines@1", "params": {"lines": "lines"}}
        big = {"use": "rule.condition@1", "params": {"when": "item.line.qty > 5"}}
        call = {"use": "connector.http_request@1", "params": {**SERVICE, "path": "/o"}}
        wires = ["hook -> split", "split -> big", "big.yes -> rest", "rest -> call", "big.no -> call"]
        await published(house, flow(wires=wires, split=lines, big=big, rest=REST, call=call))
        run = await house.send(lines=[{"qty": 9}, {"qty": 1}])
        assert (await house.state(run), len(house.outside.keys)) == ("waiting", 1)
        await house.later(hours=2)
        assert (await house.state(run), len(house.outside.keys)) == ("done", 2)
        assert len(set(house.outside.keys)) == 2


async def test_of_many_waiting_runs_those_wake_that_are_due(tmp_path: Path) -> None:
    house = House(lambda: open_store(StoreOptions(str(tmp_path))))
    async with house.open() as app:
        await published(house, flow({"use": "flow.wait_until@1", "params": {"until": "item.at"}}))
        for number in range(60):
            await house.send(f"o{number}", at=(MORNING + timedelta(minutes=60 - number)).isoformat())
        await house.later(minutes=30)
        assert len(house.outside.keys) == 30
        assert await app.store.run_counts() == {("waiting", "done"): 30, ("waiting", "waiting"): 30}


async def test_a_start_looks_at_none_of_the_waiting_runs_that_hold_nobody_back(tmp_path: Path) -> None:
    """However many wait: their events are not read, one version is looked at once."""
    house = House(lambda: open_store(StoreOptions(str(tmp_path))))
    async with house.open():
        await published(house, flow(REST))
        for number in range(5):
            await house.send(f"o{number}")
    store = open_store(StoreOptions(str(tmp_path)))
    read: list[int] = []
    event_of = store.event

    async def event(event_id: int) -> Event:
        read.append(event_id)
        return await event_of(event_id)

    store.event = event  # type: ignore[method-assign]
    async with Orderloom(SETTINGS, store, clock=house.clock) as app:
        await app.start()
        assert read == []
        assert (app.dispatcher.running, app.dispatcher.waiting) == (0, 0)


async def test_ten_thousand_waiting_runs_cost_nothing_until_they_wake(tmp_path: Path) -> None:
    house = House(lambda: open_store(StoreOptions(str(tmp_path))))
    async with house.open():
        await published(house, flow(REST))
        run = await house.send()
    few = await _memory_of_a_start(house)
    _copy_waiting_run(tmp_path / "orderloom.db", run, 10_000, later=timedelta(days=30))
    assert await _memory_of_a_start(house) - few < 100_000
    async with house.open() as app:
        await house.later(hours=2)
        assert len(house.outside.keys) == 1
        assert [await house.state(one) for one in (run, run - 1, run - 10_000)] == ["done", "waiting", "waiting"]
        assert app.dispatcher.known() == set()


async def _memory_of_a_start(house: House) -> int:
    """Bytes that Python objects take once the service has started and looked for what is due."""
    gc.collect()
    tracemalloc.start()
    try:
        async with house.open():
            await house.later()
            gc.collect()
            return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def _copy_waiting_run(database: Path, run: int, count: int, later: timedelta) -> None:
    """What rests of it, under other ids and due later; nobody can open the bodies of the copies, for nobody has to."""
    due = int(later.total_seconds() * 1_000_000)
    changed = {
        "event": {"id": "id - n"},
        "run": {"id": "id - n"},
        "wait": {"id": "id - n", "run_id": "run_id - n", "effect": "effect || n", "due_at": f"due_at + {due}"},
    }
    with closing(sqlite3.connect(database)) as connection, connection:
        for table, other in changed.items():
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            names, values = ", ".join(f'"{name}"' for name in columns), ", ".join(other.get(name, f'"{name}"') for name in columns)
            numbers = "WITH RECURSIVE copy(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM copy WHERE n < ?)"
            owner = "run_id" if table == "wait" else "id"
            chosen = f"SELECT {values} FROM {table}, copy WHERE {owner} = ?"
            connection.execute(f"INSERT INTO {table} ({names}) {numbers} {chosen}", (count, run))


async def test_waits_of_one_run_that_end_in_the_same_moment_are_each_journaled(house: House) -> None:
    async with house.open() as app:
        call = {"use": "connector.http_request@1", "params": {**SERVICE, "path": "/o"}}
        names = [f"rest_{number}" for number in range(6)]
        wires = [f"hook -> {name}" for name in names] + [f"{name} -> call" for name in names]
        await published(house, flow(wires=wires, call=call, **dict.fromkeys(names, REST)))
        run = await house.send()
        assert len((await app.store.waits()).items) == 6
        await house.later(hours=2)
        assert await house.state(run) == "done"
        assert (len(house.outside.keys), len(set(house.outside.keys))) == (6, 6)
        assert {wait.state for wait in (await app.store.waits(WaitFilter(state=None))).items} == {"done"}
