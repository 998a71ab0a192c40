"""The tests inside a flow: items in, answers given, what must come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.catalogue import explain
from engine.errors import OrderloomError
from engine.flow.document import Expected, Flow, FlowTest
from engine.registry import Registry
from engine.run.arrivals import arrivals_of
from engine.run.calls import FindPlan, no_flows
from engine.run.captured import SandboxHub
from engine.run.compare import Difference, differences
from engine.run.effects import Asked
from engine.run.execution import UNTOUCHED
from engine.run.facts import Recorded
from engine.run.plan import Plan
from engine.run.sandbox import SANDBOX_TIME, SandboxRun, run_in_sandbox
from engine.run.shown import request_json


@dataclass(frozen=True, slots=True)
class TestResult:
    """``differences`` between what was expected and what came, each with its place; ``problems`` of items that parked unexpectedly."""

    __test__ = False
    name: str
    differences: Sequence[Difference]

    @property
    def green(self) -> bool:
        return not self.differences


async def run_tests(flow: Flow, registry: Registry, flows: FindPlan = no_flows) -> list[TestResult]:
    """Run every test of a flow; ``flows``: those that it may call. Raises ``FlowInvalid`` when the flow itself has problems."""
    plan = Plan(flow, registry)
    return [await run_test(plan, test, flows=flows) for test in flow.tests]


async def run_test(plan: Plan, test: FlowTest, recorded: Recorded = UNTOUCHED, flows: FindPlan = no_flows) -> TestResult:
    """One test. Setting ``recorded.cancelled`` meanwhile ends it at the next step."""
    step = plan.by_slug[test.trigger]
    when = test.received_at or SANDBOX_TIME
    hub = SandboxHub()
    runs: list[SandboxRun] = []
    answers = {slug: list(given) for slug, given in test.answers.items()}
    try:
        for number, arrival in enumerate(arrivals_of(step, test.input), 1):
            run = await run_in_sandbox(
                plan, step, arrival, number=number, answers=answers, hub=hub, received_at=when, recorded=recorded, flows=flows
            )
            runs.append(run)
    except OrderloomError as error:
        return TestResult(test.name, [Difference((test.trigger,), "expected", explain(error.problems[0])["what"])])
    found: list[Difference] = []
    for slug, expected in (test.expect or {}).items():
        found.extend(_compare(plan, slug, expected, runs))
    return TestResult(test.name, found)


def _compare(plan: Plan, slug: str, expected: Expected, runs: Sequence[SandboxRun]) -> list[Difference]:
    found: list[Difference] = []
    if expected.items is not None:
        step = plan.by_slug[slug]
        came = [item for run in runs for _, item in _items_at(run, step.index, trigger=step.type.is_trigger)]
        found += differences(expected.items, came, (slug, "items"), expected.match)
    if expected.requests is not None:
        sent = [_request(asked) for run in runs for asked in run.effects.requests if asked.slug == slug]
        found += differences(expected.requests, sent, (slug, "requests"), expected.match)
    return found


def _items_at(run: SandboxRun, index: int, *, trigger: bool) -> Sequence[tuple[str, Any]]:
    return run.execution.start if trigger else run.execution.inputs[index]


def _request(asked: Asked) -> dict[str, Any]:
    return request_json(asked.request)
