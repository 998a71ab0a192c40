"""Everything that is wrong with a flow, at once."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import Problem
from engine.flow.check.constants import check_constants
from engine.flow.check.expressions import check_expressions, check_fields
from engine.flow.check.nodes import check_nodes
from engine.flow.check.policies import check_policies
from engine.flow.check.samples import check_tests
from engine.flow.check.shape import named, without_followers
from engine.flow.check.waits import check_waits
from engine.flow.check.wires import check_graph, check_types, check_wires
from engine.flow.document import Flow
from engine.flow.lineage import Lineage, lineage
from engine.flow.reader import Reading, inspect
from engine.node.lookup import NodeTypes

__all__ = ["check", "check_reading", "check_text"]


def check_text(raw: bytes | str, registry: NodeTypes, connections: Mapping[str, str] | None = None, name: str = "flow") -> list[Problem]:
    """All problems of a document's text: of shape and of sense."""
    return check_reading(inspect(raw, name), registry, connections)


def check_reading(
    reading: Reading, registry: NodeTypes, connections: Mapping[str, str] | None = None, carried: Lineage | None = None
) -> list[Problem]:
    """All problems of a document that was read: of shape and of sense."""
    shape = named(reading.problems, registry)
    if reading.flow is None:
        return shape
    carried = lineage(reading.flow, registry) if carried is None else carried
    found = check(reading.flow, registry, connections, reading.broken, carried)
    read = [*check_fields(reading.flow, registry, carried), *check_constants(reading.flow, registry)]
    found += [problem.inside(reading.flow.name) for problem in read]
    return [*shape, *without_followers(found, shape)]


def check(
    flow: Flow,
    registry: NodeTypes,
    connections: Mapping[str, str] | None = None,
    broken: frozenset[str] = frozenset(),
    carried: Lineage | None = None,
) -> list[Problem]:
    """What keeps a flow from running. ``connections`` (name → type) is given at publication; without it connections are not looked up.

    ``carried`` is the flow's lineage, where somebody has it already.
    """
    carried = lineage(flow, registry) if carried is None else carried
    found = [
        *check_nodes(flow, registry, connections, broken),
        *check_policies(flow, registry),
        *check_wires(flow, registry, broken),
        *check_graph(flow, registry, broken),
        *check_types(flow, registry, carried),
        *check_expressions(flow, registry, carried),
        *check_waits(flow, registry),
        *check_tests(flow, broken),
    ]
    return [problem.inside(flow.name) for problem in found]
