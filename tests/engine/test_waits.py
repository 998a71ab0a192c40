"""Runs that wait hold no memory, survive a restart, and go on when their time, their signal or their answer has come."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.app import Orderloom
from engine.connection.failures import CallFailed
from engine.errors import Conflict, NotFound
from engine.node.context import HttpAnswer
from engine.node.triggers import Delivery
from engine.settings import Settings
from engine.store.memory import MemoryStore
from engine.store.open import open_store
from engine.store.ports import Event, RunState, Store, StoreOptions, Wait

SERVICE = {"service": {"connection": "service"}}
SETTINGS = Settings(connections={"service": {"type": "http", "url": "http://service.example"}})
MORNING = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)


class Outside:
    """Notes the keys of what is called, and answers as scripted: (status, headers); after that 200."""

    def __init__(self, *script: tuple[int, dict[str, str]]) -> None:
        self.script = list(script)
        self.keys: list[str] = []
        self.bodies: list[Any] = []

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        self.keys.append(key)
        self.bodies.append(content.get("json"))
        planned = self.script.pop(0) if self.script else (200, {})
        if isinstance(planned, Exception):
            raise planned
        status, headers = planned
        return HttpAnswer(status, headers, {})

    async def mail(self, *_: Any) -> None:
        raise AssertionError


class Clock:
    def __init__(self) -> None:
        self.time = MORNING

    def __call__(self) -> datetime:
        return self.time


class House:
    """A service that can be left and entered again, as by a restart."""

    def __init__(self, open_one: Any, *script: tuple[int, dict[str, str]]) -> None:
        self._open_one, self.clock, self.outside = open_one, Clock(), Outside(*script)
        self.app: Any = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Orderloom]:
        async with Orderloom(SETTINGS, self._open_one(), clock=self.clock) as app:
            object.__setattr__(app.world, "outside", self.outside)
            self.app = app
            await app.start()
            yield app

    async def send(self, order: str = "A", version: int = 1, **item: Any) -> int:
        body = json.dumps({"id": order, "v": version, **item}).encode()
        accepted = await self.app.intake.hook("waiting", "hook", Delivery(body))
        await self.settle()
        return accepted.id

    async def later(self, **span: float) -> None:
        self.clock.time += timedelta(**span)
        await self.app.waits.wake_due()
        await self.settle()

    async def settle(self) -> None:
        await self.app.dispatcher.idle()

    async def state(self, run: int) -> RunState:
        return (await self.app.store.run(run)).state

    async def only_wait(self) -> Wait:
        (wait,) = (await self.app.store.waits()).items
        return wait


def flow(*nodes: dict[str, Any], hook: dict[str, Any] | None = None, wires: list[str] | None = None, **named: Any) -> bytes:
    """``hook -> rest -> call`` around the node ``rest``, unless other wires are given."""
    steps = {"rest": nodes[0], "call": {"use": "connector.http_request@1", "params": {**SERVICE, "path": "/orders"}}} if nodes else {}
    trigger = {"use": "connector.webhook@1", "params": {"key_path": "id", "version_path": "v"}, **(hook or {})}
    document = {
        "name": "waiting",
        "nodes": {"hook": trigger, **steps, **named},
        "wires": wires or ["hook -> rest", "rest -> call"],
        "tests": [{"name": "t", "trigger": "hook", "input": [{"id": "1"}], "expect": {"hook": {"items": [{}], "match": "subset"}}}],
    }
    return json.dumps(document).encode()


REST = {"use": "flow.wait_for@1", "params": {"duration": "2h"}}
APPROVE = {"use": "task.approve@1", "params": {"title": "Release {{ item.id }}?", "due": "4h"}}


@pytest.fixture(params=["memory", "sqlite"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    kept = MemoryStore()

    def open_one() -> Store:
        return kept if request.param == "memory" else open_store(StoreOptions(str(tmp_path)))

    return House(open_one)


async def published(house: House, document: bytes) -> None:
    await house.app.publish(document, note="", actor="owner")


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


async def test_a_target_that_asks_for_patience_gets_it_and_the_run_rests_meanwhile(house: House) -> None:
    async with house.open():
        await published(house, flow(wires=["hook -> call"], call={"use": "connector.http_request@1", "params": {**SERVICE, "path": "/o"}}))
        house.outside.script = [(503, {"retry-after": "60"}), (429, {"retry-after": "30"})]
        run = await house.send()
        assert await house.state(run) == "waiting"
        assert house.app.dispatcher.running == 0
        await house.later(seconds=59)
        assert len(house.outside.keys) == 1
    house.clock.time += timedelta(seconds=1)
    async with house.open():
        await house.later()
        assert (await house.state(run), len(house.outside.keys)) == ("waiting", 2)
        await house.later(seconds=30)
        assert await house.state(run) == "done"
    assert len(house.outside.keys) == 3
    assert len(set(house.outside.keys)) == 1


async def test_attempts_are_counted_over_waits_and_restarts_and_end_in_an_incident(house: House) -> None:
    call = {
        "use": "connector.http_request@1",
        "params": {**SERVICE, "path": "/o"},
        "policy": {"retry": {"attempts": 3, "backoff": "1m", "max": "1h", "jitter": 0}},
    }
    async with house.open():
        await published(house, flow(wires=["hook -> call"], call=call))
        house.outside.script = [(503, {})] * 9
        run = await house.send()
        await house.later(minutes=1)
    async with house.open() as app:
        await house.later(minutes=2)
        assert await house.state(run) == "parked"
        (incident,) = (await app.store.incidents()).items
        assert (incident.code, incident.fields["attempts"]) == ("effect.gave_up", 3)
        assert len(house.outside.keys) == 3
        house.outside.script = [(503, {})]
        await app.resume(incident.id, "again", "owner")
        await house.settle()
        assert await house.state(run) == "waiting"
        await house.later(minutes=1)
        assert await house.state(run) == "done"
        assert len(set(house.outside.keys)) == 1


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


async def test_a_target_that_is_paused_costs_no_attempts_and_gets_every_order_once_it_is_back(house: House) -> None:
    call = {
        "use": "connector.http_request@1",
        "params": {**SERVICE, "path": "/o"},
        "policy": {"retry": {"attempts": 2, "backoff": "1m", "max": "1h", "jitter": 0}},
    }
    paused = CallFailed("connection.paused", retriable=True, maybe_sent=False, after=60.0, name="service", seconds=60)
    async with house.open():
        await published(house, flow(wires=["hook -> call"], call=call))
        house.outside.script = [paused] * 5  # type: ignore[list-item]
        run = await house.send()
        for _ in range(4):
            assert await house.state(run) == "waiting"
            await house.later(minutes=2)
        assert len(house.outside.keys) == 5
    house.clock.time += timedelta(minutes=2)
    async with house.open():
        await house.later()
        assert await house.state(run) == "done"
    assert len(set(house.outside.keys)) == 1


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
        assert {wait.state for wait in (await app.store.waits(state=None)).items} == {"done"}
