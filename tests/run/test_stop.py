"""A node that ends the run: what has not begun does not begin, what is under way is recorded, and a recompute gives the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from engine.connection.failures import CallFailed
from engine.node.context import HttpAnswer
from engine.run.execution import Execution
from engine.run.facts import read_facts
from engine.run.history import history
from engine.run.live import scope_of
from engine.run.plan import Plan
from engine.run.recorded import RecordedEffects
from engine.run.view import views_of
from tests.run.conftest import REGISTRY, SYSTEM
from tests.run.test_journaled import House

MakePlan = Callable[..., Plan]
STOP: dict[str, Any] = {"use": "flow.halt@1"}
FAIL: dict[str, Any] = {"use": "flow.halt@1", "params": {"state": "failed", "reason": "no warehouse has this"}}
CALL: dict[str, Any] = {"use": "connector.call@1", "params": SYSTEM}


async def recomputed(house: House) -> Execution:
    """As a person sees the run afterwards."""
    assert house.event is not None
    recorded = read_facts(await house.store.facts(house.event.id))
    effects = RecordedEffects(house.event, recorded)
    scope = scope_of(house.plan, house.event, "test", "shop")
    execution = Execution(house.plan, "start", ({"n": 1},), scope, effects, recorded)
    await execution.run()
    return execution


class Slow:
    """The calls of one node take longer than those of others; ``fails``: and then fail for good."""

    def __init__(self, path: str, *, fails: bool = False) -> None:
        self.slow, self.fails = path, fails
        self.paths: list[str] = []
        self.freed = asyncio.Event()

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        self.paths.append(content["json"]["item"].get("way", "fast"))
        if content["json"]["item"].get("way") == self.slow:
            await self.freed.wait()
            if self.fails:
                raise CallFailed("http.unreachable", retriable=False, maybe_sent=False, host="system")
        else:
            asyncio.get_running_loop().call_later(0.01, self.freed.set)
        return HttpAnswer(200, {}, {})

    async def mail(self, *_: Any) -> None:
        raise AssertionError


def racing(make_plan: MakePlan, halt: Mapping[str, Any] = STOP) -> Plan:
    """A slow call with a node and a call behind it, beside a quick one that is followed by the stop."""
    slow = {"use": "transform.on_way@1", "params": {"way": "slow"}}
    nodes = {"mark": slow, "slow": CALL, "after": "transform.double@1", "second": CALL, "quick": CALL, "halt": dict(halt)}
    return make_plan(nodes, "start -> mark", "mark -> slow", "slow -> after", "after -> second", "start -> quick", "quick -> halt")


async def test_a_stop_ends_the_run_as_done_and_nothing_more_is_begun(make_plan: MakePlan) -> None:
    house = House(make_plan({"halt": STOP, "call": CALL}, "start -> call", "start -> halt"))
    assert await house.run() == "done"
    assert house.system.keys == []


async def test_a_stop_may_end_the_run_as_failed_and_says_why(make_plan: MakePlan) -> None:
    house = House(make_plan({"halt": FAIL}, "start -> halt"))
    assert await house.run() == "failed"
    assert await house.codes() == []
    assert house.event is not None
    facts, run = await house.store.facts(house.event.id), await house.store.run(house.event.id)
    told = [one for one in history(house.event, run, facts, ()) if one.kind == "stopped"]
    assert [(one.step, one.detail) for one in told] == [("halt", "no warehouse has this")]


async def test_an_item_that_does_not_reach_the_stop_does_not_end_the_run(make_plan: MakePlan) -> None:
    house = House(
        make_plan({"which": "rule.even@1", "halt": STOP, "call": CALL}, "start -> which", "which.even -> halt", "which.odd -> call")
    )
    assert await house.run() == "done"
    assert len(house.system.keys) == 1


async def test_a_call_under_way_is_awaited_and_recorded_and_its_branch_ends_there(make_plan: MakePlan) -> None:
    house = House(racing(make_plan))
    house.system = outside = Slow("slow")  # type: ignore[assignment]
    assert await house.run() == "done"
    assert sorted(outside.paths) == ["fast", "slow"]
    assert house.event is not None
    recorded = read_facts(await house.store.facts(house.event.id))
    assert sorted(entry["step"] for entry in recorded.results.values()) == ["quick", "slow"]


async def test_a_recompute_shows_the_same_steps_although_the_answers_come_in_another_order(make_plan: MakePlan) -> None:
    house = House(racing(make_plan))
    house.system = Slow("slow")  # type: ignore[assignment]
    await house.run()
    execution = await recomputed(house)
    states = {view.slug: view.state for view in views_of(execution, ()) if view.slug != "start"}
    worked = {slug for slug, state in states.items() if state == "done"}
    assert worked == {"mark", "slow", "quick", "halt"}
    assert {states["after"], states["second"]} == {"skipped"}
    assert execution.ending is not None
    assert execution.ending.step == "halt"


async def test_running_a_stopped_run_again_neither_calls_nor_diverges(make_plan: MakePlan) -> None:
    house = House(racing(make_plan, FAIL))
    house.system = outside = Slow("slow")  # type: ignore[assignment]
    assert await house.run() == "failed"
    assert await house.run() == "failed"
    assert len(outside.paths) == 2
    assert await house.codes() == []


async def test_what_an_interrupted_pass_did_before_the_stop_is_no_divergence(make_plan: MakePlan) -> None:
    """The first pass got as far as the second call and was killed before its end was journaled; in the next one the stop comes first."""
    nodes = {"a": CALL, "b": CALL}
    house = House(make_plan(nodes, "start -> a", "a -> b"))
    await house.run()
    house.plan = make_plan({**nodes, "halt": STOP}, "start -> a", "a -> b", "start -> halt")
    assert await house.run() == "done"
    assert await house.codes() == []
    assert len(house.system.keys) == 2


async def test_what_failed_is_decided_on_before_the_run_ends(make_plan: MakePlan) -> None:
    house = House(racing(make_plan))
    house.system = outside = Slow("slow", fails=True)  # type: ignore[assignment]
    assert await house.run() == "parked"
    (incident,) = (await house.store.incidents()).items
    assert (incident.step, incident.code) == ("slow", "http.unreachable")
    outside.fails = False
    assert await house.run() == "parked"


@pytest.mark.parametrize("halt", [STOP, FAIL])
async def test_the_journal_keeps_how_a_run_ended_once(make_plan: MakePlan, halt: dict[str, Any]) -> None:
    house = House(make_plan({"halt": halt}, "start -> halt"))
    await house.run()
    await house.run()
    assert house.event is not None
    assert len(await house.store.facts(house.event.id)) == 1


async def test_only_a_node_that_says_so_may_stop_a_run(make_plan: MakePlan) -> None:
    assert REGISTRY.get("flow.sly@1").stops is False
    house = House(make_plan({"sly": "flow.sly@1"}, "start -> sly"))
    assert await house.run() == "parked"
    assert await house.codes() == ["node.bad_result"]
