"""A trial: the document's flow on a sample, in the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from engine.errors import InputInvalid, Problem
from engine.flow.calls import resolve_calls
from engine.flow.document import Flow
from engine.intake.accept import read_delivery
from engine.json_text import write_json
from engine.node.triggers import Arrival, Delivery
from engine.privacy.masks import HIDDEN
from engine.privacy.scrub import scrub
from engine.registry import Registry
from engine.run.arrivals import arrivals_of
from engine.run.calls import FindPlan
from engine.run.captured import SandboxHub
from engine.run.facts import Recorded
from engine.run.plan import Plan, Step
from engine.run.sandbox import SandboxRun, run_in_sandbox
from engine.run.tests import TestResult, run_test
from engine.run.view import StepView, views_of
from engine.threads import DaemonThreads
from engine.trial.samples import Material, Sample, material

if TYPE_CHECKING:
    from engine.app import Orderloom

T = TypeVar("T")
MOST_ARRIVALS: Final = 50
SECONDS: Final = 10.0
_AT_WORK = DaemonThreads(2, "trial")
"""Beside the loop that takes orders in; more than two trials at once wait for each other, and none holds up the end of the process."""


@dataclass(frozen=True, slots=True)
class TrialRun:
    """One event of the trial, with its keys and steps as a person may see them."""

    event_key: str
    order_key: str
    steps: Sequence[StepView]


async def try_flow(app: Orderloom, name: str, flow: Flow, trigger: str, sample: Sample, seconds: float = SECONDS) -> list[TrialRun]:
    """Run a flow on a sample; nothing is kept, performed or sent, and connections need not be set.

    ``name``: under which the document is kept; its events may be samples. Raises ``FlowInvalid``; ``NotFound``
    (``sample.unknown``, ``event.unknown``, ``event.erased``); ``InputInvalid``: ``run.no_such_trigger``, ``sample.other_trigger``,
    ``body.too_large``, ``trial.too_many``, ``trial.too_long``, and what is wrong with the items.
    """
    _require_trigger(app.registry, flow, trigger)
    given = await material(app, name, flow, trigger, sample)
    max_body, flows = app.settings.max_body, await app.flows.called_by(flow)
    return await _within(seconds, flow.name, lambda ending: _tried(app.registry, flow, trigger, given, max_body, flows, ending))


async def try_tests(app: Orderloom, flow: Flow, seconds: float = SECONDS) -> list[TestResult]:
    """Run the tests inside a flow. Raises ``FlowInvalid`` or ``InputInvalid`` (``trial.too_long``)."""
    flows = await app.flows.called_by(flow)
    return await _within(seconds, flow.name, lambda ending: _tested(app.registry, flow, flows, ending))


async def _within(seconds: float, name: str, work: Callable[[Recorded], Coroutine[Any, Any, list[T]]]) -> list[T]:
    """In a thread, so that orders go on being taken in. What is at work when the time is over ends with its step."""
    ending = Recorded()
    running = asyncio.wrap_future(_AT_WORK.submit(lambda: asyncio.run(work(ending))))
    try:
        return await asyncio.wait_for(running, seconds)
    except TimeoutError:
        raise InputInvalid(Problem("trial.too_long", (name,), {"seconds": round(seconds)})) from None
    finally:
        ending.cancelled = True


def _require_trigger(registry: Registry, flow: Flow, trigger: str) -> None:
    types = {slug: registry.find(node.use) for slug, node in flow.nodes.items() if not node.disabled}
    known = sorted(slug for slug, found in types.items() if found is not None and found.is_trigger)
    if trigger not in known:
        raise InputInvalid(Problem("run.no_such_trigger", (flow.name, trigger), {"triggers": known}))


async def _tried(
    registry: Registry, flow: Flow, trigger: str, given: Material, max_body: int, flows: FindPlan, ending: Recorded
) -> list[TrialRun]:
    plan = Plan(flow, registry, calls=resolve_calls(flow, registry, flows))
    step, hub = plan.by_slug[trigger], SandboxHub()
    arrivals = list(islice(_arrivals(step, given, max_body), MOST_ARRIVALS + 1))
    if len(arrivals) > MOST_ARRIVALS:
        raise InputInvalid(Problem("trial.too_many", (trigger,), {"limit": MOST_ARRIVALS}))
    runs: list[TrialRun] = []
    for number, arrival in enumerate(arrivals, 1):
        if ending.cancelled:
            break
        run = await run_in_sandbox(
            plan, step, arrival, number=number, answers=given.answers, hub=hub, received_at=given.received_at, recorded=ending,
            flows=flows,
        )  # fmt: skip
        runs.append(_shown(run, given))
    return runs


async def _tested(registry: Registry, flow: Flow, flows: FindPlan, ending: Recorded) -> list[TestResult]:
    plan = Plan(flow, registry)
    return [await run_test(plan, test, ending, flows) for test in flow.tests if not ending.cancelled]


def _arrivals(step: Step, given: Material, max_body: int) -> Iterator[Arrival]:
    if given.delivery is not None:
        yield read_delivery(step, given.delivery)
        return
    for number, item in enumerate(given.items, 1):
        if len(write_json(item)) > max_body:
            raise InputInvalid(Problem("body.too_large", (step.slug, str(number)), {"limit": max_body}))
    if step.type.starts == "file":
        yield from arrivals_of(step, given.items)
    else:
        yield from (read_delivery(step, Delivery(write_json(item), given.headers)) for item in given.items)


def _shown(run: SandboxRun, given: Material) -> TrialRun:
    return TrialRun(_key(run.event.key, given), _key(run.event.order_key, given), views_of(run.execution, run.effects.requests))


def _key(text: str, given: Material) -> str:
    """Keys are made of what the trigger is told to read: of a recorded event only those are shown that are known already."""
    if given.event is None:
        return scrub(text)
    known: tuple[Any, ...] = (given.event.key, given.event.key.partition("~")[0], given.event.order_key)
    return text if text in known else HIDDEN
