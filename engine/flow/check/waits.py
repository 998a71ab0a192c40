"""Checks of nodes at which items rest: a whole file must not rest as one (rule R3), and nothing rests for longer than ten years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pydantic import ValidationError

from engine.errors import Problem
from engine.flow.document import Flow, FlowNode
from engine.flow.graph import links, reachable
from engine.node.durations import LONGEST_WAIT, duration_text
from engine.node.lookup import NodeTypes
from engine.node.types import NodeType


def check_waits(flow: Flow, registry: NodeTypes) -> Iterator[Problem]:
    """A problem for each waiting node that whole files come to, and for each of its durations that is too long."""
    yield from _too_long(flow, registry)
    wires = [link for link in links(flow) if link.source in flow.nodes and link.target in flow.nodes]
    resting = [slug for slug, node in flow.nodes.items() if _waits(node.use, registry) and not node.disabled]
    for trigger, node in flow.nodes.items() if resting else ():
        if node.params.get("batch") is True and _is_trigger(node.use, registry):
            reached = reachable({trigger}, wires)
            yield from (Problem("wait.in_batch", (slug,), {"trigger": trigger}, ("nodes", slug)) for slug in resting if slug in reached)


def _too_long(flow: Flow, registry: NodeTypes) -> Iterator[Problem]:
    for slug, node in flow.nodes.items():
        node_type = registry.find(node.use)
        if node_type is not None and node_type.waits:
            fields = {"limit": duration_text(LONGEST_WAIT)}
            yield from (Problem("wait.too_long", (slug, name), fields, ("nodes", slug, "params", name)) for name in _long(node, node_type))


def _long(node: FlowNode, node_type: NodeType) -> list[str]:
    try:
        params = node_type.params.model_validate(node.params)
    except ValidationError:
        return []  # told already
    return [name for name, value in params if isinstance(value, timedelta) and value > LONGEST_WAIT]


def _waits(use: str, registry: NodeTypes) -> bool:
    found = registry.find(use)
    return found is not None and found.waits


def _is_trigger(use: str, registry: NodeTypes) -> bool:
    found = registry.find(use)
    return found is not None and found.is_trigger
