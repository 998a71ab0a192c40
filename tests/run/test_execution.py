"""How a plan is executed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from engine.node.items import Scope
from engine.node.ports import ERROR_PORT
from engine.run.captured import CapturedEffects
from engine.run.execution import Execution
from engine.run.facts import Recorded
from engine.run.plan import Plan
from engine.run.step import arrange
from tests.run.conftest import SYSTEM

MakePlan = Callable[..., Plan]


async def execute(plan: Plan, *items: dict[str, Any], recorded: Recorded | None = None, answers: Any = None) -> Execution:
    effects = CapturedEffects(plan.name, "key", answers)
    execution = Execution(plan, "start", items, Scope(flow=plan.scope_flow), effects, recorded or Recorded())
    await execution.run()
    return execution


def leaving(execution: Execution, slug: str, port: str = "out") -> list[tuple[str, dict[str, Any]]]:
    result = execution.results[execution.plan.by_slug[slug].index]
    assert result is not None
    return result.outputs.get(port, [])


async def test_an_item_passes_from_node_to_node_under_one_key(make_plan: MakePlan) -> None:
    execution = await execute(make_plan({"a": "transform.double@1", "b": "transform.double@1"}, "start -> a", "a -> b"), {"n": 3})
    assert leaving(execution, "b") == [("1", {"n": 12})]


async def test_each_further_output_of_an_item_gets_a_key_of_its_own(make_plan: MakePlan) -> None:
    execution = await execute(make_plan({"a": "transform.copies@1"}, "start -> a"), {"n": 1, "copies": 3})
    assert [key for key, _ in leaving(execution, "a")] == ["1", "1/a.2", "1/a.3"]


async def test_a_branch_sends_each_item_by_its_port(make_plan: MakePlan) -> None:
    plan = make_plan(
        {"rule": "rule.even@1", "a": "transform.double@1", "b": "transform.double@1"}, "start -> rule", "rule.even -> a", "rule.odd -> b"
    )
    execution = await execute(plan, {"n": 2}, {"n": 3})
    assert leaving(execution, "a") == [("1", {"n": 4})]
    assert leaving(execution, "b") == [("2", {"n": 6})]


async def test_branches_join_without_a_special_node_in_the_order_of_the_wires(make_plan: MakePlan) -> None:
    plan = make_plan(
        {"rule": "rule.even@1", "a": "transform.double@1", "b": "transform.double@1", "sum": "transform.total@1"},
        "start -> rule", "rule.even -> a", "rule.odd -> b", "b -> sum", "a -> sum",
    )  # fmt: skip
    execution = await execute(plan, {"n": 2}, {"n": 3})
    assert [key for key, _ in execution.inputs[plan.by_slug["sum"].index]] == ["2", "1"]
    assert leaving(execution, "sum") == [("2", {"sum": 10}), ("2/sum.2", {"count": 2})]


async def test_a_key_that_arrives_twice_at_a_step_is_numbered(make_plan: MakePlan) -> None:
    plan = make_plan(
        {"a": "transform.double@1", "b": "transform.double@1", "c": "transform.double@1"}, "start -> a", "start -> b", "a -> c", "b -> c"
    )
    assert [key for key, _ in leaving(await execute(plan, {"n": 1}), "c")] == ["1", "1#2"]


async def test_one_odd_item_never_stops_the_others(make_plan: MakePlan) -> None:
    plan = make_plan({"a": "rule.picky@1", "b": "transform.double@1"}, "start -> a", "a -> b")
    execution = await execute(plan, {"n": 1}, {"n": 2, "bad": True}, {"n": 3})
    assert leaving(execution, "b") == [("1", {"n": 2}), ("3", {"n": 6})]
    assert [(f.slug, f.key, f.problem.code) for f in execution.parked] == [("a", "2", "test.bad")]


async def test_an_error_wire_takes_the_failed_item_with_its_problem(make_plan: MakePlan) -> None:
    plan = make_plan({"a": "rule.picky@1", "b": "transform.copies@1"}, "start -> a", f"a.{ERROR_PORT} -> b")
    execution = await execute(plan, {"n": 2, "bad": True})
    assert execution.parked == []
    assert leaving(execution, "b")[0][1]["error"]["code"] == "test.bad"


async def test_on_error_stop_ends_the_run(make_plan: MakePlan) -> None:
    plan = make_plan({"a": {"use": "rule.picky@1", "policy": {"on_error": "stop"}}, "b": "transform.double@1"}, "start -> a", "a -> b")
    execution = await execute(plan, {"n": 2, "bad": True}, {"n": 1})
    assert execution.stopped
    assert execution.results[plan.by_slug["b"].index] is None


async def test_an_unforeseen_exception_is_named_without_its_text(make_plan: MakePlan) -> None:
    execution = await execute(make_plan({"a": "transform.double@1"}, "start -> a"), {"phone": "19900000101"})
    (failure,) = execution.parked
    assert failure.problem.code == "node.failed"
    assert failure.problem.fields["type"] == "KeyError"
    assert "19900000101" not in str(failure.problem)


async def test_an_item_that_a_node_returns_nothing_for_is_not_lost(make_plan: MakePlan) -> None:
    execution = await execute(make_plan({"a": "transform.loses@1"}, "start -> a"), {"n": 1})
    assert [f.problem.code for f in execution.parked] == ["node.lost_item"]


async def test_a_node_that_declares_it_may_drop_items(make_plan: MakePlan) -> None:
    plan = make_plan({"a": "transform.keep_positive@1"}, "start -> a")
    execution = await execute(plan, {"n": 1}, {"n": -1})
    result = execution.results[plan.by_slug["a"].index]
    assert result is not None
    assert (len(result.outputs["out"]), result.dropped) == (1, [("2", {"n": -1})])


async def test_a_disabled_node_lets_items_pass(make_plan: MakePlan) -> None:
    plan = make_plan({"a": {"use": "transform.double@1", "disabled": True}}, "start -> a")
    assert leaving(await execute(plan, {"n": 1}), "a") == [("1", {"n": 1})]


async def test_independent_effects_run_at_the_same_time(make_plan: MakePlan) -> None:
    plan = make_plan(
        {"a": {"use": "connector.call@1", "params": SYSTEM}, "b": {"use": "connector.call@1", "params": SYSTEM}}, "start -> a", "start -> b"
    )
    meeting = asyncio.Barrier(2)

    class Meeting(CapturedEffects):
        async def perform(self, *args: Any) -> Any:
            await asyncio.wait_for(meeting.wait(), 2)
            return await super().perform(*args)

    execution = Execution(plan, "start", [{"n": 1}], Scope(), Meeting("flow", "key"))
    await execution.run()
    assert execution.parked == []


async def test_a_pure_node_behind_two_effects_waits_for_both(make_plan: MakePlan) -> None:
    effect = {"use": "connector.call@1", "params": SYSTEM}
    plan = make_plan({"a": effect, "b": effect, "sum": "transform.total@1"}, "start -> a", "start -> b", "a -> sum", "b -> sum")
    assert leaving(await execute(plan, {"n": 2}), "sum")[0] == ("1", {"sum": 4})


async def test_a_skipped_item_is_left_out_at_its_node_only(make_plan: MakePlan) -> None:
    plan = make_plan({"a": "transform.double@1", "b": "transform.double@1"}, "start -> a", "start -> b")
    execution = await execute(plan, {"n": 1}, recorded=Recorded(skips={("a", "1")}))
    assert leaving(execution, "a") == []
    assert leaving(execution, "b") == [("1", {"n": 2})]


async def test_a_cancelled_run_starts_no_further_step(make_plan: MakePlan) -> None:
    plan = make_plan({"a": "transform.double@1"}, "start -> a")
    execution = await execute(plan, {"n": 1}, recorded=Recorded(cancelled=True))
    assert execution.results[plan.by_slug["a"].index] is None


async def test_the_scope_holds_event_and_flow_facts(make_plan: MakePlan) -> None:
    from datetime import UTC, datetime

    plan = make_plan({"a": "rule.seen_at@1"}, "start -> a")
    scope = Scope({"received_at": datetime(2026, 1, 16, tzinfo=UTC)}, plan.scope_flow)
    execution = Execution(plan, "start", [{}], scope, CapturedEffects("flow", "key"))
    await execution.run()
    assert leaving(execution, "a")[0][1] == {"at": "2026-01-16T00:00:00+00:00", "flow": "flow"}


async def test_a_test_run_whose_time_is_over_leaves_the_items_that_are_still_to_come(make_plan: MakePlan) -> None:
    recorded, seen = Recorded(), list[int]()

    class Ends(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            seen.append(super().__getitem__(key))
            recorded.cancelled = len(seen) > 1
            return seen[-1]

    execution = await execute(make_plan({"a": "transform.double@1"}, "start -> a"), *(Ends(n=n) for n in range(5)), recorded=recorded)
    assert (len(leaving(execution, "a")), seen) == (2, [0, 1])


def test_keys_that_arrive_twice_meet_none_that_arrived_with_such_an_end() -> None:
    """Two items under one key would reach their target under one idempotency key, and one of them would be left out there."""
    box = [("1", {"n": 1}), ("1#2", {"n": 2}), ("1", {"n": 3}), ("1", {"n": 4}), ("1#2", {"n": 5})]
    assert [key for key, _ in arrange(box)] == ["1", "1#2", "1#3", "1#4", "1#2#2"]
