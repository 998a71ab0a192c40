"""Checks of policies: what is allowed by shape but makes no sense."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from engine.errors import Problem
from engine.flow.document import Flow, FlowNode
from engine.flow.graph import links
from engine.node.lookup import NodeTypes
from engine.node.ports import ERROR_PORT
from engine.node.types import NodeType

LONGEST_TIMEOUT = timedelta(minutes=10)


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
    if not node_type.is_trigger:
        for name in ("while_parked", "while_waiting"):
            if getattr(policy, name) is not None:
                yield Problem("policy.only_triggers", (name,), {"name": name})
    if not node_type.is_effect:
        for name in ("retry", "timeout"):
            if getattr(policy, name) is not None:
                yield Problem("policy.pure_node", (name,), {"name": name})
    if policy.timeout is not None and not timedelta(0) < policy.timeout <= LONGEST_TIMEOUT:
        yield Problem("policy.timeout", ("timeout",), {"limit": "10m"})
    if policy.retry is not None and policy.retry.max < policy.retry.backoff:
        yield Problem("policy.backoff", ("retry", "max"))
    if policy.on_error == "route" and not routed:
        yield Problem("policy.route_without_wire", ("on_error",))
    if policy.on_error in ("park", "stop") and routed:
        yield Problem("policy.wire_without_route", ("on_error",), {"on_error": policy.on_error})
