"""What happens between two writes, and what wakes a run at the wrong time: nothing is lost, repeated or left standing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from engine.app import Orderloom
from engine.errors import InputInvalid
from engine.inspection import steps_of
from engine.node.context import HttpAnswer
from engine.node.triggers import Delivery
from engine.registry import Registry, installed
from engine.store.memory import MemoryStore
from engine.store.ports import IncidentFilter, RunEnd, Store
from tests.crash.fall import crash
from tests.engine.waiting import MORNING, REST, SERVICE, SETTINGS, House, flow, published
from tests.run.conftest import once

CALL: dict[str, Any] = {"use": "connector.http_request@1", "params": {**SERVICE, "path": "/o"}}


class Falling(House):
    """A house that can also fall down."""

    @asynccontextmanager
    async def until_it_falls(self) -> AsyncIterator[Orderloom]:
        app = Orderloom(SETTINGS, self._open_one(), clock=self.clock)
        await app.__aenter__()
        object.__setattr__(app.world, "outside", self.outside)
        self.app = app
        await app.start()
        yield app
        await crash(app)


@pytest.fixture
def house(open_one: Callable[[], Store]) -> Falling:
    return Falling(open_one)


async def test_a_cancellation_that_is_journaled_counts_although_the_service_fell_before_the_end_was(house: Falling) -> None:
    async with house.until_it_falls() as app:
        await published(house, flow(REST))
        run = await house.send()

        def never(*_: Any) -> asyncio.Future[None]:
            return asyncio.get_running_loop().create_future()

        app.store.journal.end_run = never  # type: ignore[method-assign]
        cancelling = asyncio.ensure_future(app.cancel(run, "owner"))
        while not [fact for fact in await app.store.facts(run) if fact.kind == "cancellation"]:
            await asyncio.sleep(0)
        cancelling.cancel()
    if isinstance(house.app.store, MemoryStore):
        del house.app.store.journal.end_run
    async with house.open():
        await house.settle()
        assert await house.state(run) == "cancelled"
        assert (await house.app.store.waits()).items == []


async def test_a_run_that_is_cancelled_while_its_end_is_written_does_not_wait_on(house: Falling) -> None:
    async with house.open() as app:
        await published(house, flow(REST))
        journal, writing = app.store.journal, asyncio.Event()
        end_run, go_on = journal.end_run, asyncio.Event()

        def slowly(event_id: int, end: RunEnd) -> asyncio.Future[None]:
            async def write() -> None:
                writing.set()
                await go_on.wait()
                await end_run(event_id, end)

            return asyncio.ensure_future(write())

        journal.end_run = slowly  # type: ignore[method-assign]
        accepted = await app.intake.hook("waiting", "hook", Delivery(json.dumps({"id": "A", "v": 1}).encode()))
        await writing.wait()
        await app.cancel(accepted.id, "owner")
        go_on.set()
        await house.settle()
        assert await house.state(accepted.id) == "cancelled"
        assert (await app.store.waits()).items == []
        journal.end_run = end_run  # type: ignore[method-assign]


async def test_a_run_that_failed_as_a_whole_waits_again_when_it_is_resumed(house: Falling) -> None:
    call = {**CALL, "policy": {"on_error": "stop", "retry": {"attempts": 2, "backoff": "1m", "jitter": 0, "max": "1h"}}}
    async with house.open() as app:
        await published(house, flow(wires=["hook -> rest", "hook -> call", "rest -> after"], rest=REST, call=call, after=CALL))
        house.outside.script = [(503, {}), (400, {})]
        run = await house.send()
        assert await house.state(run) == "waiting"
        await house.later(minutes=1)
        assert await house.state(run) == "failed"
        assert (await app.store.waits()).items == []
        (incident,) = (await app.store.incidents()).items
        await app.resume(incident.id, "again", "owner")
        await house.settle()
        assert await house.state(run) == "waiting"
        await house.later(hours=2)
        assert (await house.state(run), len(house.outside.keys)) == ("done", 4)


async def test_a_clock_that_is_put_back_delays_an_attempt_and_loses_no_run(house: Falling) -> None:
    call = {**CALL, "policy": {"retry": {"attempts": 3, "backoff": "1m", "jitter": 0, "max": "1h"}}}
    async with house.open() as app:
        await published(house, flow(wires=["hook -> call"], call=call))
        house.outside.script = [(503, {})]
        run = await house.send()
        (wait,) = (await app.store.waits()).items
        house.clock.time += timedelta(minutes=1)
        await app.store.close_wait(wait.id, house.clock.time)
        house.clock.time -= timedelta(hours=1)
        app.dispatcher.resumed(await app.store.event(run))
        await house.settle()
        await house.later(hours=1)
        await house.later(minutes=1)
        await house.settle()
        assert (await house.state(run), len(house.outside.keys)) == ("done", 2)


async def test_a_wait_that_ends_while_its_run_is_parking_is_not_forgotten_over_a_fall(house: Falling) -> None:
    signal = {"use": "flow.wait_for@1", "params": {"signal": True}}
    call = {**CALL, "policy": {"retry": {"attempts": 1}}}
    async with house.until_it_falls() as app:
        await published(house, flow(wires=["hook -> rest", "hook -> call", "rest.signal -> after"], rest=signal, call=call, after=CALL))
        house.outside.script = [(400, {}), (400, {})]
        run = await house.send()
        assert await house.state(run) == "parked"
        gate, called = asyncio.Event(), asyncio.Event()
        http = house.outside.http

        async def slowly(*args: Any, **more: Any) -> HttpAnswer:
            called.set()
            await gate.wait()
            return await http(*args, **more)

        house.outside.http = slowly  # type: ignore[method-assign]
        (incident,) = (await app.store.incidents()).items
        await app.resume(incident.id, "again", "owner")
        await called.wait()
        (wait,) = (await app.store.waits()).items
        await app.waits.end(wait, "signal", "signal", {})
        app.dispatcher.resumed = lambda event: None  # type: ignore[method-assign]
        app.dispatcher._next = lambda *_: None  # type: ignore[method-assign]  # it falls before the run is taken up again
        gate.set()
        await house.settle()
        house.outside.http = http  # type: ignore[method-assign]
    async with house.open():
        await house.settle()
        assert await house.state(run) == "parked"
        assert len(house.outside.keys) == 3


async def test_after_a_fall_an_older_event_does_not_stand_behind_a_newer_one_that_is_parked(house: Falling) -> None:
    big = {"use": "rule.condition@1", "params": {"when": "item.v == 1"}}
    call = {**CALL, "policy": {"retry": {"attempts": 1}}}
    async with house.until_it_falls() as app:
        await published(
            house, flow(wires=["hook -> big", "big.yes -> rest", "rest -> call", "big.no -> call"], big=big, rest=REST, call=call)
        )
        house.outside.script = [(400, {})]
        older = await house.send(version=1)
        newer = await house.send(version=2)
        assert (await house.state(older), await house.state(newer)) == ("waiting", "parked")
        house.clock.time += timedelta(hours=2)
        app.waits._resumed = lambda event: None  # it falls before the run is taken up
        await app.waits.wake_due()
    async with house.open():
        await house.settle()
        assert (await house.state(older), await house.state(newer)) == ("done", "parked")


async def test_an_event_whose_sender_went_away_while_it_was_kept_runs_all_the_same(house: Falling) -> None:
    async with house.open() as app:
        await published(house, flow(wires=["hook -> call"], call=CALL))
        body = json.dumps({"id": "A", "v": 1}).encode()
        sending = asyncio.ensure_future(app.intake.hook("waiting", "hook", Delivery(body)))
        await asyncio.sleep(0)
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
        again = await app.intake.hook("waiting", "hook", Delivery(body))
        house.clock.time += timedelta(minutes=2)
        await app.left_behind.look()
        await house.settle()
        assert await house.state(again.id) == "done"
        assert len(house.outside.keys) == 1


async def test_a_wait_of_a_run_that_has_ended_sets_nothing_in_motion(house: Falling) -> None:
    until = {"use": "flow.wait_until@1", "params": {"until": f'"{(MORNING + timedelta(hours=1)).isoformat()}"'}}
    call = {**CALL, "policy": {"retry": {"attempts": 1}}}
    async with house.open() as app:
        await published(house, flow(wires=["hook -> rest", "hook -> call"], rest=until, call=call))
        house.outside.script = [(400, {})]
        run = await house.send()
        house.clock.time += timedelta(hours=1)
        (incident,) = (await app.store.incidents()).items
        await app.resume(incident.id, "again", "owner")
        await house.settle()
        assert await house.state(run) == "done"
        ended = (await app.store.run(run)).ended_at
        assert (await app.store.waits()).items == []
        await house.later(minutes=1)
        assert (await app.store.run(run)).ended_at == ended
        assert sum(app.dispatcher.ended.values()) == 2


async def test_nothing_that_is_at_work_or_in_line_is_taken_up_twice(house: Falling) -> None:
    async with house.open() as app:
        await published(house, flow(wires=["hook -> call"], call=CALL))
        gate, http = asyncio.Event(), house.outside.http

        async def slowly(*args: Any, **more: Any) -> HttpAnswer:
            await gate.wait()
            return await http(*args, **more)

        house.outside.http = slowly  # type: ignore[method-assign]
        for version in range(3):
            await app.intake.hook("waiting", "hook", Delivery(json.dumps({"id": "A", "v": version}).encode()))
        house.clock.time += timedelta(days=1)
        assert await app.left_behind.look() == 0
        gate.set()
        await house.settle()
        assert [body["v"] for body in house.outside.bodies] == [0, 1, 2]


async def test_a_chain_of_calls_may_be_longer_than_the_stack_is_deep(house: Falling) -> None:
    names = [f"call_{number}" for number in range(700)]
    wires = ["hook -> call_0", *(f"{one} -> {other}" for one, other in pairwise(names))]
    async with house.open():
        await published(house, flow(wires=wires, **dict.fromkeys(names, CALL)))
        run = await house.send()
        assert (await house.state(run), len(house.outside.keys)) == ("done", 700)


async def test_whether_a_call_was_made_that_must_not_happen_twice_is_answered_before_it_is_made_again(house: Falling) -> None:
    """Deciding on many incidents at once passes such a one over."""
    store = MemoryStore()
    async with Orderloom(SETTINGS, store, Registry([*installed(), once]), clock=house.clock) as app:
        object.__setattr__(app.world, "outside", house.outside)
        nodes = {"once": {"use": "connector.once@1", "params": {"target": {"connection": "service"}}}}
        await app.publish(flow(wires=["hook -> once"], **nodes), note="", actor="owner")
        house.outside.script = [(503, {})]
        run = (await app.intake.hook("waiting", "hook", Delivery(b'{"id": "A", "v": 1}'))).id
        await app.dispatcher.idle()
        (incident,) = (await store.incidents()).items
        assert incident.code == "effect.unknown_outcome"
        with pytest.raises(InputInvalid):
            await app.resume(incident.id, "again", "owner")
        started = await app.bulk.start(IncidentFilter(), "again", 1000, "owner")
        while not app.bulk.progress(started.id).ended:
            await asyncio.sleep(0)
        assert app.bulk.progress(started.id).passed_over == 1
        await app.resume(incident.id, "sent", "owner")
        await app.dispatcher.idle()
        assert ((await store.run(run)).state, len(house.outside.keys)) == ("done", 1)


@pytest.mark.parametrize("joined", ["call", "keep"])
async def test_an_item_keeps_its_key_when_another_one_joins_it_later(house: Falling, joined: str) -> None:
    """Of two ways to a call one waits for a person. What went ahead is not sent again under another key, and the other one goes too."""
    ask = {"use": "task.approve@1", "params": {"title": "Release?"}}
    keep = {"use": "transform.set_fields@1", "params": {"fields": {"mark": "1"}}}
    wires = ["hook -> ask", f"ask.approved -> {joined}", f"hook -> {joined}", *(["keep -> call"] if joined == "keep" else [])]
    nodes = {"ask": ask, "call": CALL} | ({"keep": keep} if joined == "keep" else {})
    async with house.until_it_falls() as app:
        await published(house, flow(wires=wires, **nodes))
        run = await house.send()
        assert (await house.state(run), len(house.outside.keys)) == ("waiting", 1)
        await app.waits.end(await house.only_wait(), "answer", "lead", {"decision": "approved"})
        await house.settle()
        assert (await house.state(run), len(set(house.outside.keys)), len(house.outside.keys)) == ("done", 2, 2)
        assert ["answer" in body for body in house.outside.bodies] == [False, True]
    async with house.open() as app:
        steps = {step.slug: step for step in await steps_of(app, run)}
        assert [shown.key for shown in steps["call"].inputs] == ["1#2", "1"]
