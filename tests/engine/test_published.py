"""Published flows are compiled when they are first needed; what cannot run is found without being asked for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import FlowInvalid, NotFound, Problem
from engine.intake import published
from engine.intake.published import PublishedFlows
from engine.registry import Registry, installed
from engine.run.plan import Plan, compile_flow
from engine.store.memory import MemoryStore
from engine.store.ports import FlowVersion
from engine.store.problems import StoreUnavailable

HOOK = {"use": "connector.webhook@1"}
EVERY_HOUR = {"use": "flow.schedule@1", "params": {"every": "1h"}}
GONE = {"use": "connector.gone@1"}


def text(name: str, **nodes: Any) -> bytes:
    return json.dumps({"name": name, "nodes": nodes or {"hook": HOOK}, "wires": [], "tests": []}).encode()


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The flows that were compiled, in the order of that."""
    found: list[str] = []

    def noted(document: bytes, registry: Registry, version: int = 0, calls: str = "{}") -> Plan:
        found.append(json.loads(document)["name"])
        return compile_flow.__wrapped__(document, registry, version, calls)

    monkeypatch.setattr(published, "compile_flow", noted)
    return found


async def flows_of(*documents: bytes) -> tuple[MemoryStore, PublishedFlows]:
    store = MemoryStore()
    for document in documents:
        await store.publish(json.loads(document)["name"], document, note="", actor="owner")
    flows = PublishedFlows(store, installed())
    await flows.refresh()
    return store, flows


async def test_a_start_compiles_nothing_and_the_first_need_just_one(compiled: list[str]) -> None:
    _, flows = await flows_of(*(text(f"flow_{number}") for number in range(50)))
    assert compiled == []
    assert await flows.newest("flow_7") is await flows.newest("flow_7")
    assert await flows.newest("nothing") is None
    assert compiled == ["flow_7"]
    assert len(flows.running()) == 50


async def test_whoever_asks_at_the_same_time_gets_the_same_plan(compiled: list[str]) -> None:
    _, flows = await flows_of(text("small"))
    plans = await asyncio.gather(*(flows.newest("small") for _ in range(20)), flows.plan_at("small", 1))
    assert len({id(plan) for plan in plans}) == 1
    assert compiled == ["small"]


async def test_what_starts_by_itself_is_found_without_compiling_the_others(compiled: list[str]) -> None:
    documents = [text("hourly", tick=EVERY_HOUR), *(text(f"flow_{number}") for number in range(20)), text("off", off=EVERY_HOUR)]
    store, flows = await flows_of(*documents)
    assert [plan.name for plan in await flows.starting("schedule")] == ["hourly", "off"]
    assert compiled == ["hourly", "off"]
    await store.publish("hourly", text("hourly"), note="", actor="owner")
    await flows.refresh()
    assert [plan.name for plan in await flows.starting("schedule")] == ["off"]


async def test_every_kind_of_trigger_that_starts_by_itself_is_looked_for() -> None:
    kinds = {"source" if one.consume is not None else one.starts for one in installed() if one.is_trigger}
    assert kinds - {"hook", "file", "manual"} == {"schedule", "incident", "alarm", "call", "source"}


async def test_a_flow_that_only_speaks_of_a_trigger_does_not_start_by_itself() -> None:
    _, flows = await flows_of(text("spoken", hook={**HOOK, "params": {"key_path": "flow.schedule"}}))
    assert await flows.starting("schedule") == []


async def test_a_flow_that_cannot_run_is_found_in_small_steps_without_being_asked_for() -> None:
    _, flows = await flows_of(text("good"), text("gone", gone=GONE), text("other"))
    assert flows.broken == {}
    while await flows.look_over():
        pass
    assert list(flows.broken) == ["gone"]
    assert set(flows.running()) == {"good", "other"}
    with pytest.raises(FlowInvalid):
        await flows.runnable("gone")


async def test_one_step_of_the_look_over_ends_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch, compiled: list[str]) -> None:
    ticks = iter(range(1000))
    monkeypatch.setattr(published, "monotonic", lambda: next(ticks) * published.LOOK_OVER / 2)
    _, flows = await flows_of(*(text(f"flow_{number}") for number in range(10)))
    assert await flows.look_over() == 9
    assert await flows.look_over() == 8
    assert len(compiled) == 2


async def test_a_broken_flow_is_compiled_once_until_it_is_published_again(compiled: list[str]) -> None:
    store, flows = await flows_of(text("flow", gone=GONE))
    for _ in range(3):
        with pytest.raises(FlowInvalid):
            await flows.runnable("flow")
    assert compiled == ["flow"]
    await store.publish("flow", text("flow"), note="", actor="owner")
    await flows.refresh()
    assert (await flows.runnable("flow")) is not None
    assert flows.broken == {}


async def test_a_flow_goes_on_in_the_last_version_that_can_run_here() -> None:
    store, flows = await flows_of(text("flow"))
    await flows.newest("flow")
    await store.publish("flow", text("flow", gone=GONE), note="", actor="owner")
    await flows.refresh()
    plan = await flows.runnable("flow")
    assert plan is not None
    assert (plan.version, flows.version("flow"), list(flows.broken)) == (1, 1, ["flow"])


async def test_plans_beyond_those_used_last_are_let_go(monkeypatch: pytest.MonkeyPatch, compiled: list[str]) -> None:
    monkeypatch.setattr(published, "KEPT", 3)
    _, flows = await flows_of(*(text(f"flow_{number}") for number in range(6)), text("hourly", tick=EVERY_HOUR))
    await flows.starting("schedule")
    for number in (0, 1, 2, 0, 3):
        await flows.newest(f"flow_{number}")
    await flows.starting("schedule")
    assert {plan.name for plan in flows.plans_at_hand()} == {"hourly", "flow_0", "flow_2", "flow_3"}
    while await flows.look_over():
        pass
    assert {plan.name for plan in flows.plans_at_hand()} == {"hourly", "flow_0", "flow_2", "flow_3"}
    assert (await flows.plan_at("flow_1", 1)).name == "flow_1"


async def test_a_store_that_does_not_answer_breaks_no_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    store, flows = await flows_of(text("flow"))
    read: Callable[[str, int], Any] = store.version

    async def away(*_: object) -> FlowVersion:
        raise StoreUnavailable(Problem("store.unavailable"))

    monkeypatch.setattr(store, "version", away)
    with pytest.raises(StoreUnavailable):
        await flows.runnable("flow")
    assert flows.broken == {}
    monkeypatch.setattr(store, "version", read)
    assert await flows.runnable("flow") is not None


async def test_an_unknown_version_is_not_found() -> None:
    _, flows = await flows_of(text("flow"))
    with pytest.raises(NotFound):
        await flows.plan_at("flow", 9)
