"""The reference flow's steps as nodes: the same work as the plain function, a node a step."""

from __future__ import annotations

from typing import Any

from plain_function import channel, masked, normalise

from engine.registry import Registry, installed
from engine.sdk import Condition, ConnectionRef, Context, HttpCall, Item, Params, Scope, Sent, effect_node, node


class Nothing(Params):
    pass


class When(Params):
    when: Condition


class To(Params):
    target: ConnectionRef


@node("rule.bench_tag", version=1, label="Tag")
def tag(order: Item, params: Nothing) -> Item:
    return {**order, "channel": channel(order)}


@node("transform.bench_normalise", version=1, label="Normalise")
def normalised(order: Item, params: Nothing) -> Item:
    return normalise(order, order["channel"])


@node("rule.bench_priority", version=1, label="Priority", scope=True)
def prioritised(order: Item, params: When, scope: Scope) -> Item:
    return {**order, "priority": "high" if params.when(order, scope) else "normal"}


@node("rule.bench_branch", version=1, label="Branch", outputs=("express", "standard"), scope=True)
def branch(order: Item, params: When, scope: Scope) -> Sent:
    queue = "express" if params.when(order, scope) else "standard"
    return queue, {**order, "queue": queue}


@node("transform.bench_mask", version=1, label="Mask")
def mask_phone(order: Item, params: Nothing) -> Item:
    return masked(order)


@effect_node("connector.bench_post", version=1, label="Post")
async def post(order: Item, params: To, context: Context) -> Item:
    await context.http(params.target, HttpCall(path="/orders", json=order))
    return order


HIGH = "item.total_cents >= 50000 || item.note.contains('urgent') || item.note.contains('加急')"


def registry() -> Registry:
    return Registry([*installed(), tag, normalised, prioritised, branch, mask_phone, post])


POST = "connector.bench_post@1"
NODES: dict[str, Any] = {
    "hook": {"use": "connector.webhook@1", "params": {"key_path": "id"}},
    "tag": {"use": "rule.bench_tag@1"},
    "normalise": {"use": "transform.bench_normalise@1"},
    "priority": {"use": "rule.bench_priority@1", "params": {"when": HIGH}},
    "branch": {"use": "rule.bench_branch@1", "params": {"when": "item.priority == 'high'"}},
    "mask": {"use": "transform.bench_mask@1"},
}
WIRES = [
    "hook -> tag",
    "tag -> normalise",
    "normalise -> priority",
    "priority -> branch",
    "branch.express -> mask",
    "branch.standard -> mask",
]
CALLS = {target: {"use": POST, "params": {"target": {"connection": target}}} for target in ("wms", "finance")}
CALL_WIRES = ["branch.express -> wms", "branch.standard -> wms", "mask -> finance"]


def flow(*, calls: bool) -> dict[str, Any]:
    """``calls``: or the same without the two posts."""
    nodes, wires = ({**NODES, **CALLS}, [*WIRES, *CALL_WIRES]) if calls else (NODES, WIRES)
    return {"format": 1, "name": "reference", "nodes": nodes, "wires": wires, "tests": []}
