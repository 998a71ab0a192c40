"""Publishing: a document is checked, its tests are run, and only then it becomes a version that orders run through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from engine.errors import FlowInvalid, Problem
from engine.flow.calls import calls_to, check_calls, resolve_calls
from engine.flow.check import check_reading
from engine.flow.document import Flow
from engine.flow.lineage import lineage
from engine.flow.reader import inspect
from engine.flow.writer import write_flow
from engine.registry import Registry
from engine.run.calls import FindPlan
from engine.run.tests import TestResult, run_tests
from engine.store.ports import Store

FindCallees = Callable[[Flow], Awaitable[FindPlan]]


async def publish(
    store: Store, registry: Registry, connections: Mapping[str, str], called_by: FindCallees, document: bytes, *, note: str, actor: str
) -> tuple[str, int]:
    """Name and version. ``connections``: name → type of those that are set; ``called_by``: finds the published flows that it may call.

    Raises ``FlowInvalid`` with every problem, or ``Conflict`` (``share.stands``).
    """
    name, text, calls = await checked(registry, connections, called_by, document)
    return name, await store.publish(name, text, note=note, actor=actor, calls=calls)


async def checked(registry: Registry, connections: Mapping[str, str], called_by: FindCallees, document: bytes) -> tuple[str, bytes, str]:
    """Name, canonical text and what was resolved of a document that may run. Raises ``FlowInvalid`` with every problem."""
    reading = inspect(document)
    flow = reading.flow
    if flow is None:
        raise FlowInvalid(check_reading(reading, registry, connections))
    flows = await called_by(flow)
    calls = resolve_calls(flow, registry, flows)
    carried = lineage(flow, registry, {slug: called.answer for slug, called in calls.items()})
    problems = [*check_reading(reading, registry, connections, carried), *check_calls(flow, registry, flows)]
    if problems:
        raise FlowInvalid(problems)
    red = [result for result in await run_tests(flow, registry, flows) if not result.green]
    if red:
        raise FlowInvalid([_red(flow.name, result) for result in red])
    return flow.name, write_flow(flow).encode(), calls_to(calls)


def _red(flow: str, result: TestResult) -> Problem:
    where = ("tests", result.name)
    return Problem("test.red", (flow, *where), {"count": len(result.differences)}, where)
