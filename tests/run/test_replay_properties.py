"""What must hold of any flow: a run recomputed is the run as it was, and replayed through itself it differs in nothing."""

from __future__ import annotations

import asyncio
import copy

from hypothesis import HealthCheck, assume, given, seed, settings

from engine.node.triggers import Arrival
from engine.run.changes import Change
from engine.run.made import made
from engine.run.replay import Looked, compared, look_back, run_onward, run_through
from tests.run.random_runs import Case, Lived, cases, live_through, plan_of, wires_of

BUDGET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)


def arrival_of(case: Case) -> Arrival:
    return Arrival((dict(case.item),), "test", "shop")


async def looked_back(case: Case, lived: Lived) -> Looked:
    return await look_back(plan_of(case.document), lived.event, arrival_of(case), lived.recorded())


@seed(20260116)
@given(cases())
@BUDGET
def test_recomputed_wires_equal_those_seen_live(case: Case) -> None:
    async def scene() -> None:
        lived = await live_through(case)
        assert wires_of((await looked_back(case, lived)).execution) == wires_of(lived.last)

    asyncio.run(scene())


@seed(20260117)
@given(cases())
@BUDGET
def test_a_flow_replayed_against_itself_differs_in_nothing(case: Case) -> None:
    async def scene() -> None:
        lived = await live_through(case)
        before = await looked_back(case, lived)
        after = await run_through(plan_of(case.document), lived.event, arrival_of(case), lived.recorded(), before.asked)
        assert compared(before, after) == []
        assert not any(one.captured for one in after.asked)

    asyncio.run(scene())


@seed(20260118)
@given(cases())
@BUDGET
def test_a_run_from_any_step_on_gives_what_the_run_gave(case: Case) -> None:
    async def scene() -> None:
        lived = await live_through(case)
        before = await looked_back(case, lived)
        whole = wires_of(before.execution)
        for step in before.execution.plan.steps:
            if not before.execution.inputs[step.index]:
                continue
            plan = plan_of(case.document)
            again = await run_onward(plan, step.slug, lived.event, arrival_of(case), lived.recorded(), before, {})
            assert wires_of(again.execution) == whole
            assert compared(before, again) == []

    asyncio.run(scene())


@seed(20260119)
@given(cases())
@BUDGET
def test_a_change_of_what_a_step_sends_out_of_the_flow_is_found(case: Case) -> None:
    """The saboteur marks what one last step makes: just that step's ends must differ, in just that field, for every item."""

    async def scene() -> None:
        lived = await live_through(case)
        before = await looked_back(case, lived)
        last = [
            place.step
            for place in made(before.execution, before.asked)
            if place.what == "end" and before.execution.plan.by_slug[place.step].pure and place.step != "start"
        ]
        assume(last)
        slug = last[0]
        after = plan_of(copy.deepcopy(dict(case.document)))
        step = after.by_slug[slug]
        assume(not step.onward and not step.disabled)
        marked = Marked(before, slug)
        found = await marked.through(after, case, lived)
        ends = [place for place in made(before.execution, before.asked) if place.step == slug and place.what == "end"]
        assert [(one.place, one.kind, one.field) for one in found] == [(place, "added", "marked") for place in ends]

    asyncio.run(scene())


class Marked:
    """Runs the event through a plan of which one step's outputs were tampered with."""

    def __init__(self, before: Looked, slug: str) -> None:
        self.before, self.slug = before, slug

    async def through(self, plan, case: Case, lived: Lived) -> list[Change]:  # type: ignore[no-untyped-def]
        after = await run_through(plan, lived.event, arrival_of(case), lived.recorded(), self.before.asked)
        result = after.execution.results[plan.by_slug[self.slug].index]
        assert result is not None
        result.outputs = {port: [(key, {**item, "marked": True}) for key, item in sent] for port, sent in result.outputs.items()}
        return compared(self.before, after)
