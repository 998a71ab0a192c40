"""All that can be said of a document while it is being drawn: what is wrong and exactly where, and what travels on each wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import Problem
from engine.flow.calls import NO_CALLS, FindFlow, check_calls, resolve_calls
from engine.flow.check import check_reading
from engine.flow.document import Flow
from engine.flow.lineage import Lineage, lineage
from engine.flow.reader import inspect
from engine.node.lookup import NodeTypes


@dataclass(frozen=True, slots=True)
class Examined:
    """``flow`` without the parts that cannot be read (``None`` where nothing is left), and its lineage."""

    problems: Sequence[Problem]
    flow: Flow | None
    carried: Lineage


def examine(
    raw: bytes | str, registry: NodeTypes, connections: Mapping[str, str] | None, name: str, flows: FindFlow | None = None
) -> Examined:
    """``connections`` (name → type) as in ``check``; ``name`` is the one under which the document is kept; ``flows``: those that it may
    call, without which calls are not looked up.
    """
    reading = inspect(raw, name)
    carried: Lineage = _lineage(reading.flow, registry, flows) if reading.flow is not None else {}
    problems = check_reading(reading, registry, connections, carried)
    if reading.flow is not None and flows is not None:
        problems += check_calls(reading.flow, registry, flows)
    named = not any(problem.at == ("name",) for problem in reading.problems)
    if reading.flow is not None and named and reading.flow.name != name:
        problems = [Problem("flow.other_name", (name, "name"), {"name": name}, ("name",)), *problems]
    return Examined(problems, reading.flow, carried)


def _lineage(flow: Flow, registry: NodeTypes, flows: FindFlow | None) -> Lineage:
    calls = resolve_calls(flow, registry, flows) if flows is not None else NO_CALLS
    return lineage(flow, registry, {slug: called.answer for slug, called in calls.items()})
