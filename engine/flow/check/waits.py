"""Checks of nodes at which items rest: a whole file must not rest as one (rule R3)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Problem
from engine.flow.document import Flow
from engine.flow.graph import links, reachable
from engine.node.lookup import NodeTypes


def check_waits(flow: Flow, registry: NodeTypes) -> Iterator[Problem]:
    """A problem for each waiting node that whole files come to."""
    wires = [link for link in links(flow) if link.source in flow.nodes and link.target in flow.nodes]
    resting = [slug for slug, node in flow.nodes.items() if _waits(node.use, registry) and not node.disabled]
    for trigger, node in flow.nodes.items() if resting else ():
        if node.params.get("batch") is True and _is_trigger(node.use, registry):
            reached = reachable({trigger}, wires)
            yield from (Problem("wait.in_batch", (slug,), {"trigger": trigger}, ("nodes", slug)) for slug in resting if slug in reached)


def _waits(use: str, registry: NodeTypes) -> bool:
    found = registry.find(use)
    return found is not None and found.waits


def _is_trigger(use: str, registry: NodeTypes) -> bool:
    found = registry.find(use)
    return found is not None and found.is_trigger
