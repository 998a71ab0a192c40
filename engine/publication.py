"""Publishing: a document is checked, its tests are run, and only then it becomes a version that orders run through."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import FlowInvalid, Problem
from engine.flow.check import check_reading
from engine.flow.reader import inspect
from engine.flow.writer import write_flow
from engine.registry import Registry
from engine.run.tests import TestResult, run_tests
from engine.store.ports import Store


async def publish(
    store: Store, registry: Registry, connections: Mapping[str, str], document: bytes, *, note: str, actor: str
) -> tuple[str, int]:
    """Name and version. ``connections``: name → type of those that are set. Raises ``FlowInvalid`` with every problem."""
    reading = inspect(document)
    problems = check_reading(reading, registry, connections)
    if problems or reading.flow is None:
        raise FlowInvalid(problems)
    flow = reading.flow
    red = [result for result in await run_tests(flow, registry) if not result.green]
    if red:
        raise FlowInvalid([_red(flow.name, result) for result in red])
    return flow.name, await store.publish(flow.name, write_flow(flow).encode(), note=note, actor=actor)


def _red(flow: str, result: TestResult) -> Problem:
    where = ("tests", result.name)
    return Problem("test.red", (flow, *where), {"count": len(result.differences)}, where)
