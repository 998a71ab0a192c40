"""Everything that is wrong with a flow, at once."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import Problem
from engine.flow.check.expressions import check_expressions
from engine.flow.check.nodes import check_nodes
from engine.flow.check.policies import check_policies
from engine.flow.check.samples import check_tests
from engine.flow.check.wires import check_graph, check_types, check_wires
from engine.flow.document import Flow
from engine.flow.reader import inspect
from engine.node.lookup import NodeTypes

__all__ = ["check", "check_text"]


def check_text(raw: bytes | str, registry: NodeTypes, connections: Mapping[str, str] | None = None, name: str = "flow") -> list[Problem]:
    """All problems of a document's text: of shape and of sense."""
    reading = inspect(raw, name)
    if reading.flow is None:
        return list(reading.problems)
    return [*reading.problems, *check(reading.flow, registry, connections, reading.broken)]


def check(
    flow: Flow, registry: NodeTypes, connections: Mapping[str, str] | None = None, broken: frozenset[str] = frozenset()
) -> list[Problem]:
    """All problems of a flow. ``connections`` (name → type) is given at publication; without it connections are not looked up."""
    found = [
        *check_nodes(flow, registry, connections),
        *check_policies(flow, registry),
        *check_wires(flow, registry, broken),
        *check_graph(flow, registry, broken),
        *check_types(flow, registry),
        *check_expressions(flow, registry),
        *check_tests(flow),
    ]
    return [problem.inside(flow.name) for problem in found]
