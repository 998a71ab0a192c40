"""What live runs count at each node, and what they do not count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.node.context import HttpAnswer
from engine.run.captured import CapturedEffects
from engine.run.execution import Execution
from engine.run.facts import read_facts
from engine.run.live import run_live, scope_of
from engine.run.plan import Plan
from engine.run.tally import REMEMBERED, TIMED_AT_FIRST, TIMED_EVERY, Counters, NodeTally, Tally
from engine.run.world import World
from engine.store.ports import Event, RunState
from tests.run.conftest import SYSTEM
from tests.run.test_journaled import NOW, House, resume

MakePlan = Callable[..., Plan]
CALL = {"use": "connector.call@1", "params": SYSTEM}


class Works(House):
    """A house with one tally for all its runs and a clock that says how long each call takes: 0.25 s."""

    def __init__(self, plan: Plan, *script: int | Exception) -> None:
        super().__init__(plan, *script)
        self.tally = Tally()
        self.seconds = 0.0

    async def run(self, item: dict[str, Any] | None = None, *, begun: bool = False) -> RunState:
        if self.event is None:
            await self.accept()
        assert self.event is not None
        recorded = read_facts(await self.store.facts(self.event.id))
        scope = scope_of(self.plan, self.event, "test", "shop")
        return (await run_live(self.world(), self.plan, self.event, (item or {"n": 1},), scope, recorded, begun=begun)).state

    def world(self) -> World:
        order: Any = None
        return World(self.store.journal, self.system, lambda: NOW, order, self._sleep, lambda: 0.5, self._clock, self.tally)

    def node(self, slug: str) -> NodeTally:
        return self.tally.nodes("flow")[slug]

    def counted(self) -> dict[str, tuple[int, int, dict[str, int], int]]:
        return {slug: (node.items, node.failed, node.out, node.calls) for slug, node in self.tally.nodes("flow").items()}

    def _clock(self) -> float:
        self.seconds += 0.25
        return self.seconds


async def test_items_are_counted_where_they_came_and_by_the_port_through_which_they_left(make_plan: MakePlan) -> None:
    house = Works(make_plan({"copies": "transform.copies@1", "even": "rule.even@1"}, "start -> copies", "copies -> even"))
    await house.run({"n": 1, "copies": 3})
    assert house.counted() == {"start": (1, 0, {"out": 1}, 0), "copies": (1, 0, {"out": 3}, 0), "even": (3, 0, {"odd": 3}, 0)}


async def test_a_node_that_nothing_reached_counts_nothing(make_plan: MakePlan) -> None:
    house = Works(make_plan({"even": "rule.even@1", "after": "transform.double@1"}, "start -> even", "even.even -> after"))
    await house.run({"n": 1})
    assert house.counted()["after"] == (0, 0, {}, 0)


async def test_what_a_node_cannot_handle_is_counted_as_failed(make_plan: MakePlan) -> None:
    house = Works(make_plan({"picky": "rule.picky@1", "after": "transform.double@1"}, "start -> picky", "picky.error -> after"))
    await house.run({"n": 1, "bad": True})
    assert house.counted()["picky"] == (1, 1, {"error": 1}, 0)
    assert house.counted()["after"][0] == 1


async def test_each_attempt_is_a_call_and_the_mean_is_that_of_calls(make_plan: MakePlan) -> None:
    house = Works(make_plan({"call": CALL}, "start -> call"), 503, 200)
    await house.run()
    assert house.counted()["call"] == (1, 0, {"out": 1}, 2)
    assert house.node("call").ms == 250.0


async def test_an_item_is_counted_while_its_call_is_still_under_way(make_plan: MakePlan) -> None:
    house = Works(make_plan({"call": CALL}, "start -> call"))
    seen: list[tuple[int, dict[str, int]]] = []

    async def watching(*_: Any) -> HttpAnswer:
        seen.append((house.node("call").items, dict(house.node("call").out)))
        return HttpAnswer(200, {}, {})

    house.system.http = watching  # type: ignore[method-assign]
    await house.run()
    assert seen == [(1, {})]


async def test_pure_work_is_timed_only_now_and_then() -> None:
    counters = Counters([])
    timed = [run for run in range(1, 3 * TIMED_EVERY + 1) if counters.begin()]
    assert timed == [*range(2, TIMED_AT_FIRST + 1), *(TIMED_EVERY * n for n in range(1, 4))]


async def test_pure_nodes_show_the_duration_of_an_item(make_plan: MakePlan) -> None:
    tally = Tally()
    plan = make_plan({"copies": "transform.copies@1"}, "start -> copies")
    assert tally.counters(plan).nodes[0].ms is None
    for _ in range(2):
        await execute(plan, tally)
    assert 0 < (tally.nodes("flow")["copies"].ms or 0) < 1000


async def execute(plan: Plan, tally: Tally | None) -> None:
    event = Event(1, "flow", 1, "start", "k", "o", NOW, "hook", passes=False, conflict=False)
    effects = CapturedEffects("flow", "k")
    counters = tally.counters(plan) if tally else None
    await Execution(plan, "start", ({"n": 1},), scope_of(plan, event, "c", "s"), effects, counters=counters).run()


def test_the_mean_forgets_what_is_long_ago() -> None:
    node = NodeTally()
    for seconds in [1.0] * 50 + [0.5] * REMEMBERED:
        node.called(seconds)
    assert (node.calls, node.ms) == (150, 500.0)


async def test_a_recompute_counts_nothing_of_what_was_done_before(make_plan: MakePlan) -> None:
    nodes = {"double": "transform.double@1", "call": CALL, "after": "transform.double@1"}
    house = Works(make_plan(nodes, "start -> double", "double -> call", "call -> after"))
    await house.run()
    before = house.counted()
    assert await house.run() == "done"
    assert house.counted() == before


async def test_what_a_resumed_run_does_for_the_first_time_is_counted(make_plan: MakePlan) -> None:
    plan = make_plan({"double": "transform.double@1", "call": CALL, "after": "transform.copies@1", "last": "rule.even@1"},
                     "start -> double", "double -> call", "call -> after", "after -> last")  # fmt: skip
    house = Works(plan, 422, 200)
    await house.run()
    assert house.counted()["call"] == (1, 1, {}, 1)
    assert await resume(house, "again") == "done"
    assert house.counted() == {
        "start": (1, 0, {"out": 1}, 0),
        "double": (1, 0, {"out": 1}, 0),
        "call": (2, 1, {"out": 1}, 2),
        "after": (1, 0, {"out": 2}, 0),
        "last": (2, 0, {"even": 2}, 0),
    }


async def test_of_several_items_only_those_that_were_sent_again_are_counted(make_plan: MakePlan) -> None:
    plan = make_plan({"copies": "transform.copies@1", "call": CALL, "total": "transform.double@1"},
                     "start -> copies", "copies -> call", "call -> total")  # fmt: skip
    house = Works(plan, 200, 422, 200)
    await house.run({"n": 1, "copies": 3})
    assert house.counted()["call"] == (3, 1, {"out": 2}, 3)
    await resume_with(house, {"n": 1, "copies": 3})
    assert house.counted()["call"] == (4, 1, {"out": 3}, 4)
    assert house.counted()["total"] == (3, 0, {"out": 3}, 0)


async def resume_with(house: Works, item: dict[str, Any]) -> None:
    real = house.run

    async def run(_: Any = None, **more: Any) -> RunState:
        return await real(item)

    house.run = run  # type: ignore[method-assign]
    assert await resume(house, "again") == "done"


async def test_a_batch_behind_a_new_answer_is_counted(make_plan: MakePlan) -> None:
    house = Works(make_plan({"call": CALL, "total": "transform.total@1"}, "start -> call", "call -> total"), 422, 200)
    await house.run()
    await resume(house, "again")
    assert house.counted()["total"] == (1, 0, {"out": 2}, 0)


async def test_a_skipped_item_is_not_counted_again(make_plan: MakePlan) -> None:
    house = Works(make_plan({"call": CALL, "after": "transform.double@1"}, "start -> call", "call -> after"), 422)
    await house.run()
    before = house.counted()
    await resume(house, "skip")
    assert house.counted() == before


async def test_a_second_try_of_the_same_process_does_not_count_the_pure_steps_again(make_plan: MakePlan) -> None:
    house = Works(make_plan({"double": "transform.double@1", "call": CALL}, "start -> double", "double -> call"))
    await house.run(begun=True)
    assert house.counted() == {"start": (0, 0, {}, 0), "double": (0, 0, {}, 0), "call": (1, 0, {"out": 1}, 1)}


async def test_an_execution_without_counters_counts_nothing(make_plan: MakePlan) -> None:
    tally, plan = Tally(), make_plan({"double": "transform.double@1"}, "start -> double")
    await execute(plan, None)
    assert tally.moves("flow") == 0
    await execute(plan, tally)
    assert tally.moves("flow") == 4


def test_another_version_goes_on_with_the_counters_of_its_slugs(make_plan: MakePlan) -> None:
    tally = Tally()
    old = make_plan({"double": "transform.double@1"}, "start -> double")
    new = make_plan({"even": "rule.even@1", "double": "transform.double@1"}, "start -> even", "even.odd -> double")
    new.version = 2
    tally.counters(old).nodes[old.by_slug["double"].index].items += 7
    assert tally.counters(new).nodes[new.by_slug["double"].index].items == 7
    assert list(tally.nodes("flow")) == ["start", "double", "even"]


def test_flows_do_not_share_counters(make_plan: MakePlan) -> None:
    tally = Tally()
    tally.counters(make_plan({})).nodes[0].items += 1
    assert (tally.moves("flow"), tally.moves("other")) == (1, 0)


@pytest.mark.parametrize(("script", "moves"), [((), 1), ((503, 503), 3)])
async def test_moves_grow_with_calls(make_plan: MakePlan, script: tuple[int, ...], moves: int) -> None:
    house = Works(make_plan({"call": CALL}, "start -> call"), *script)
    await house.run()
    assert house.tally.moves("flow") - 4 == moves
