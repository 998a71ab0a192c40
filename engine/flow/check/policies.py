"""Checks of policies: what is allowed by shape but makes no sense."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from engine.errors import Problem
from engine.flow.document import Flow, FlowNode, Policy
from engine.flow.graph import links
from engine.node.lookup import NodeTypes
from engine.node.params import Calling
from engine.node.ports import ERROR_PORT
from engine.node.types import NodeType

LONGEST_TIMEOUT = timedelta(minutes=10)
LONGEST_DEADLINE = timedelta(days=400)
SHORTEST_STANDSTILL = timedelta(minutes=1)
"""It is looked for twice a minute."""
_OF_TRIGGERS: tuple[str, ...] = ("while_parked", "while_waiting", "priority", "deadline", "stands_still")
_OF_CALLS: tuple[str, ...] = ("retry", "timeout")


def check_policies(flow: Flow, registry: NodeTypes) -> Iterator[Problem]:
    routed = {link.source for link in links(flow) if link.port == ERROR_PORT}
    for slug, node in flow.nodes.items():
        node_type = registry.find(node.use)
        if node.policy is not None and node_type is not None:
            found = _check(node, node_type, slug in routed)
            yield from (problem.under("nodes", slug, "policy").inside(slug, "policy") for problem in found)


def _check(node: FlowNode, node_type: NodeType, routed: bool) -> Iterator[Problem]:
    policy = node.policy
    assert policy is not None  # noqa: S101 - the caller looked
    yield from _out_of_place(policy, node_type)
    if policy.timeout is not None and not timedelta(0) < policy.timeout <= LONGEST_TIMEOUT:
        yield Problem("policy.timeout", ("timeout",), {"limit": "10m"})
    if policy.deadline is not None and not timedelta(0) < policy.deadline <= LONGEST_DEADLINE:
        yield Problem("policy.deadline", ("deadline",), {"limit": f"{LONGEST_DEADLINE.days}d"})
    if policy.stands_still is not None and not SHORTEST_STANDSTILL <= policy.stands_still <= LONGEST_DEADLINE:
        yield Problem("policy.stands_still", ("stands_still",), {"least": "1m", "limit": f"{LONGEST_DEADLINE.days}d"})
    if policy.retry is not None and policy.retry.max < policy.retry.backoff:
        yield Problem("policy.backoff", ("retry", "max"))
    if policy.on_error == "route" and not routed:
        yield Problem("policy.route_without_wire", ("on_error",))
    if policy.on_error in ("park", "stop") and routed:
        yield Problem("policy.wire_without_route", ("on_error",), {"on_error": policy.on_error})


def _out_of_place(policy: Policy, node_type: NodeType) -> Iterator[Problem]:
    for name, code in misplaced(node_type).items():
        if getattr(policy, name) is not None:
            yield Problem(code, (name,), {"name": name})


def misplaced(node_type: NodeType) -> dict[str, str]:
    """What means nothing at a node of that type, with the code that says so."""
    found: dict[str, str] = {} if node_type.is_trigger else dict.fromkeys(_OF_TRIGGERS, "policy.only_triggers")
    if not node_type.is_effect:
        found |= dict.fromkeys(_OF_CALLS, "policy.pure_node")
    elif issubclass(node_type.params, Calling):
        found |= dict.fromkeys(_OF_CALLS, "policy.calling_node")
    return found
