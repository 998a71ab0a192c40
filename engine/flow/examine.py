"""All that can be said of a document while it is being drawn: what is wrong and exactly where, and what travels on each wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import Problem
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


def examine(raw: bytes | str, registry: NodeTypes, connections: Mapping[str, str] | None, name: str) -> Examined:
    """``connections`` (name → type) as in ``check``; ``name`` is the one under which the document is kept."""
    reading = inspect(raw, name)
    carried: Lineage = lineage(reading.flow, registry) if reading.flow is not None else {}
    problems = check_reading(reading, registry, connections, carried)
    named = not any(problem.at == ("name",) for problem in reading.problems)
    if reading.flow is not None and named and reading.flow.name != name:
        problems = [Problem("flow.other_name", (name, "name"), {"name": name}, ("name",)), *problems]
    return Examined(problems, reading.flow, carried)
