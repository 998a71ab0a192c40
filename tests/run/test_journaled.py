"""Live effects: performed once, answered from the journal ever after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.connection.failures import CallFailed
from engine.hub.project import to_hub_order
from engine.json_text import write_json
from engine.node.context import HttpAnswer
from engine.run.facts import read_facts
from engine.run.live import run_live, scope_of
from engine.run.plan import Plan
from engine.run.world import World
from engine.store.memory import MemoryStore
from engine.store.memory_journal import MemoryJournal
from engine.store.ports import Event, Fact, NewEvent, RunEnd, RunState
from tests.run.conftest import SYSTEM

NOW = datetime(2026, 1, 16, 8, 0, tzinfo=UTC)
MakePlan = Callable[..., Plan]


class FakeSystem:
    """An outside whose answers are scripted: numbers are statuses, exceptions are raised; after that everything is 200."""

    def __init__(self, *script: int | Exception) -> None:
        self.script = list(script)
        self.keys: list[str] = []

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        self.keys.append(key)
        planned = self.script.pop(0) if self.script else 200
        if isinstance(planned, Exception):
            raise planned
        return HttpAnswer(planned, {}, {"ok": True})

    async def mail(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> None:
        raise AssertionError("no mail is expected")


class House:
    """A memory store, a scripted system, and a run of one event that can be repeated as after a crash."""

    def __init__(self, plan: Plan, *script: int | Exception) -> None:
        self.plan, self.store, self.system = plan, MemoryStore(), FakeSystem(*script)
        self.waits: list[float] = []
        self.event: Event | None = None
        self.now = NOW

    async def accept(self) -> None:
        await self.store.open()
        new = NewEvent("flow", 1, "start", "test|shop|1|1", "content", "test|shop|1", b"{}", NOW, "hook")
        accepted = await self.store.journal.put_event(new)
        self.event = await self.store.event(accepted.id)

    async def run(self, item: dict[str, Any] | None = None) -> RunState:
        if self.event is None:
            await self.accept()
        assert self.event is not None
        recorded = read_facts(await self.store.facts(self.event.id))
        world = World(self.store.journal, self.system, lambda: self.now, to_hub_order, self._sleep, lambda: 0.5)
        scope = scope_of(self.plan, self.event, "test", "shop")
        return (await run_live(world, self.plan, self.event, (item or {"n": 1},), scope, recorded)).state

    async def codes(self) -> list[str]:
        return [incident.code for incident in (await self.store.incidents()).items]

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


def calling(make_plan: MakePlan, **node: Any) -> Plan:
    return make_plan({"call": {"use": "connector.call@1", "params": SYSTEM, **node}}, "start -> call")


def unreachable(*, retriable: bool = True) -> CallFailed:
    return CallFailed("http.unreachable", retriable=retriable, maybe_sent=False, host="system")


async def test_a_recorded_effect_is_not_called_again(make_plan: MakePlan) -> None:
    house = House(calling(make_plan))
    assert await house.run() == "done"
    assert await house.run() == "done"
    assert len(house.system.keys) == 1


async def test_each_call_of_a_node_has_a_key_of_its_own(make_plan: MakePlan) -> None:
    house = House(calling(make_plan, params={**SYSTEM, "calls": 3}))
    await house.run()
    assert len(set(house.system.keys)) == 3


async def test_a_failing_call_is_repeated_under_the_same_key_with_growing_pauses(make_plan: MakePlan) -> None:
    house = House(calling(make_plan), 503, unreachable(), 200)
    assert await house.run() == "done"
    assert len(house.system.keys) == 3
    assert len(set(house.system.keys)) == 1
    assert house.waits == [0.2, 0.4]


async def test_a_refused_call_parks_the_item_at_once(make_plan: MakePlan) -> None:
    house = House(calling(make_plan), 422)
    assert await house.run() == "parked"
    assert await house.codes() == ["effect.refused"]
    assert house.waits == []


async def test_a_call_that_may_not_be_repeated_is_not(make_plan: MakePlan) -> None:
    house = House(calling(make_plan), unreachable(retriable=False))
    assert await house.run() == "parked"
    assert len(house.system.keys) == 1


async def test_after_the_last_attempt_the_item_parks_and_the_failure_is_a_fact(make_plan: MakePlan) -> None:
    house = House(calling(make_plan, policy={"retry": {"attempts": 2}}), 500, 500, 200)
    assert await house.run() == "parked"
    assert await house.codes() == ["effect.gave_up"]
    assert await house.run() == "parked"
    assert len(house.system.keys) == 2


async def resume(house: House, action: str) -> RunState:
    assert house.event is not None
    (incident, *_) = (await house.store.incidents()).items
    number = max(fact.number for fact in await house.store.facts(house.event.id)) + 1
    body = write_json({"step": incident.step, "key": incident.item_key, "action": action})
    fact = Fact(house.event.id, number, "resumption", body, "owner", NOW)
    await house.store.close_incident(incident.id, "resumed", fact)
    return await house.run()


async def test_send_again_keeps_the_key(make_plan: MakePlan) -> None:
    house = House(calling(make_plan), 422, 200)
    await house.run()
    assert await resume(house, "again") == "done"
    assert len(set(house.system.keys)) == 1


async def test_send_anew_raises_the_generation_and_so_changes_the_key(make_plan: MakePlan) -> None:
    house = House(calling(make_plan), 422, 200)
    await house.run()
    assert await resume(house, "anew") == "done"
    assert len(set(house.system.keys)) == 2


async def test_a_skipped_item_ends_the_run(make_plan: MakePlan) -> None:
    house = House(calling(make_plan), 422)
    await house.run()
    assert await resume(house, "skip") == "done"
    assert len(house.system.keys) == 1


async def test_the_same_effect_with_another_request_is_never_answered_nor_called(make_plan: MakePlan) -> None:
    house = House(calling(make_plan))
    await house.run({"n": 1})
    assert await house.run({"n": 2}) == "parked"
    assert await house.codes() == ["run.diverged"]
    assert len(house.system.keys) == 1


async def test_a_recorded_effect_that_is_no_longer_asked_for_is_noticed(make_plan: MakePlan) -> None:
    house = House(calling(make_plan))
    await house.run()
    house.plan = make_plan({"a": "transform.double@1"}, "start -> a")
    assert await house.run() == "parked"
    assert await house.codes() == ["run.diverged"]


async def test_an_effect_that_must_not_happen_twice_asks_after_a_crash(make_plan: MakePlan) -> None:
    house = House(make_plan({"once": {"use": "connector.once@1", "params": SYSTEM}}, "start -> once"))
    await crash_during_the_call(house)
    assert await house.run() == "parked"
    assert await house.codes() == ["effect.unknown_outcome"]
    assert len(house.system.keys) == 1


@pytest.mark.parametrize("outcome", [503, CallFailed("http.timeout", retriable=True, maybe_sent=True, host="system")])
async def test_an_effect_that_must_not_happen_twice_is_not_repeated_while_it_may_have_happened(make_plan: MakePlan, outcome: Any) -> None:
    house = House(make_plan({"once": {"use": "connector.once@1", "params": SYSTEM}}, "start -> once"), outcome)
    assert await house.run() == "parked"
    assert await house.codes() == ["effect.unknown_outcome"]
    assert len(house.system.keys) == 1


@pytest.mark.parametrize("outcome", [429, CallFailed("http.unreachable", retriable=True, maybe_sent=False, host="system")])
async def test_an_effect_that_must_not_happen_twice_is_repeated_when_it_surely_did_not(make_plan: MakePlan, outcome: Any) -> None:
    house = House(make_plan({"once": {"use": "connector.once@1", "params": SYSTEM}}, "start -> once"), outcome)
    assert await house.run() == "done"
    assert len(house.system.keys) == 2


async def test_an_effect_that_must_not_happen_twice_and_rests_is_asked_about_by_nobody(make_plan: MakePlan) -> None:
    """Its run wakes before its time, for something else; no attempt is made, so none is announced."""
    policy = {"retry": {"attempts": 3, "backoff": "1m", "max": "1h", "jitter": 0}}
    house = House(make_plan({"once": {"use": "connector.once@1", "params": SYSTEM, "policy": policy}}, "start -> once"), 429)
    assert await house.run() == "waiting"
    assert await house.run() == "waiting"
    house.now += timedelta(minutes=1)
    assert await house.run() == "done"
    assert len(house.system.keys) == 2


@pytest.mark.parametrize(("answer", "calls"), [("sent", 1), ("not_sent", 2)])
async def test_a_person_answers_whether_it_was_sent(make_plan: MakePlan, answer: str, calls: int) -> None:
    house = House(make_plan({"once": {"use": "connector.once@1", "params": SYSTEM}}, "start -> once"))
    await crash_during_the_call(house)
    await house.run()
    assert await resume(house, answer) == "done"
    assert len(house.system.keys) == calls


async def crash_during_the_call(house: House) -> None:
    """The call never comes back: the process is gone after the intention was journaled and the request was sent."""

    async def never(connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        house.system.keys.append(key)
        await asyncio.Event().wait()
        raise AssertionError

    real, house.system.http = house.system.http, never  # type: ignore[method-assign]
    run = asyncio.ensure_future(house.run())
    while not house.system.keys:
        await asyncio.sleep(0)
    run.cancel()
    house.system.http = real  # type: ignore[method-assign]
    with pytest.raises(asyncio.CancelledError):
        await run


async def test_effects_that_others_depend_on_are_durable_first(make_plan: MakePlan) -> None:
    call = {"use": "connector.call@1", "params": SYSTEM}
    house = House(make_plan({"first": call, "second": call}, "start -> first", "first -> second"))
    await house.accept()
    facts_seen: list[int] = []
    real = house.system.http

    async def watching(*args: Any) -> HttpAnswer:
        assert house.event is not None
        facts_seen.append(len(await house.store.facts(house.event.id)))
        return await real(*args)

    house.system.http = watching  # type: ignore[method-assign]
    await house.run()
    assert facts_seen == [0, 1]


class SlowJournal(MemoryJournal):
    """Facts are kept when the test says so."""

    def __init__(self, kept: Any) -> None:
        super().__init__(kept)
        self.held: list[tuple[asyncio.Future[None], Any]] = []

    def put_fact(self, fact: Fact, end: RunEnd | None = None, **more: Any) -> asyncio.Future[None]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.held.append((future, lambda: super(SlowJournal, self).put_fact(fact, end, **more)))
        return future

    def keep(self) -> None:
        held, self.held = self.held, []
        for future, write in held:
            write()
            future.set_result(None)


async def test_a_step_waits_for_its_results_although_another_one_took_them_to_the_journal(make_plan: MakePlan) -> None:
    """Two steps with two items each, whose last answers come in the same moment: one of them writes for both."""
    call = {"use": "connector.call@1", "params": SYSTEM}
    wires = ("start -> copies", "copies -> left", "copies -> right", "left -> after_left", "right -> after_right")
    house = House(make_plan({"copies": "transform.copies@1", "left": call, "right": call, "after_left": call, "after_right": call}, *wires))
    house.store.journal = journal = SlowJournal(house.store._kept)
    gate = asyncio.Event()
    real = house.system.http

    async def http(*args: Any) -> HttpAnswer:
        answer = await real(*args)
        await gate.wait()
        return answer

    house.system.http = http  # type: ignore[method-assign]
    run = asyncio.ensure_future(house.run())
    await turns()
    gate.set()
    await turns()
    assert (len(house.system.keys), len(journal.held)) == (4, 1)
    journal.keep()
    await turns()
    assert len(house.system.keys) == 8
    journal.keep()
    assert await run == "done"


async def turns() -> None:
    for _ in range(30):
        await asyncio.sleep(0)
