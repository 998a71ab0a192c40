"""A handful of small nodes and a way to build plans from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest

from engine.errors import NodeError
from engine.flow.document import Flow
from engine.json_text import read_json
from engine.node.context import Context, HttpCall
from engine.node.declare import batch_node, effect_node, node, trigger
from engine.node.items import Item, Made, Scope, Stop
from engine.node.params import ConnectionRef, Params
from engine.node.triggers import Arrival, Delivery
from engine.registry import Registry
from engine.run.plan import Plan


class Nothing(Params):
    pass


class Halt(Params):
    state: Literal["done", "failed"] = "done"
    reason: str = ""


class Way(Params):
    way: str


class Call(Params):
    target: ConnectionRef
    calls: int = 1


@trigger("connector.start", version=1, label="Start", starts="hook")
def start(delivery: Delivery, params: Nothing) -> Arrival:
    item = read_json(delivery.body)
    return Arrival((item,), "test", "shop", str(item.get("id")), str(item.get("v", "1")))


@node("transform.double", version=1, label="Double")
def double(item: Item, params: Nothing) -> Item:
    return {**item, "n": item["n"] * 2}


@node("transform.copies", version=1, label="Copies", many=True)
def copies(item: Item, params: Nothing) -> list[Item]:
    return [{**item, "copy": n} for n in range(item.get("copies", 2))]


@node("transform.keep_positive", version=1, label="Keep positive", drops=True)
def keep_positive(item: Item, params: Nothing) -> Item | None:
    return item if item["n"] > 0 else None


@node("transform.loses", version=1, label="Loses")
def loses(item: Item, params: Nothing) -> Any:
    return None


@node("rule.even", version=1, label="Even", outputs=("even", "odd"))
def even(item: Item, params: Nothing) -> tuple[str, Item]:
    return ("odd" if item["n"] % 2 else "even"), item


@node("rule.picky", version=1, label="Picky")
def picky(item: Item, params: Nothing) -> Item:
    if item.get("bad"):
        raise NodeError("test.bad", "n")
    return {**item, "n": item["n"]}


@node("transform.on_way", version=1, label="On its way")
def on_way(item: Item, params: Way) -> Item:
    return {**item, "way": params.way}


@node("flow.halt", version=1, label="Halt", outputs=(), stops=True)
def halt(item: Item, params: Halt) -> Stop:
    return Stop(params.state, params.reason)


@node("flow.sly", version=1, label="Sly")
def sly(item: Item, params: Nothing) -> Any:
    return Stop()


@batch_node("transform.total", version=1, label="Total")
def total(items: list[Item], params: Nothing) -> list[Made]:
    return [Made({"sum": sum(item["n"] for item in items)}), Made({"count": len(items)}, sources=(0,))]


@effect_node("connector.call", version=1, label="Call")
async def call(item: Item, params: Call, context: Context) -> Item:
    answers = [
        (await context.http(params.target, HttpCall(path="/orders", json={"item": item, "n": n}))).status for n in range(params.calls)
    ]
    return {**item, "answers": answers}


@effect_node("connector.once", version=1, label="Once", promise="ask")
async def once(item: Item, params: Call, context: Context) -> Item:
    await context.http(params.target, HttpCall(path="/once", json=item))
    return item


@node("rule.seen_at", version=1, label="Seen at", scope=True)
def seen_at(item: Item, params: Nothing, scope: Scope) -> Item:
    return {**item, "at": scope.event["received_at"].isoformat(), "flow": scope.flow["name"]}


REGISTRY = Registry([start, double, copies, keep_positive, loses, even, picky, total, call, once, seen_at, on_way, halt, sly])
SYSTEM = {"target": {"connection": "system"}}


@pytest.fixture
def make_plan() -> Callable[..., Plan]:
    """``make_plan({"slug": "name@1" or a node object}, "a -> b", …)``; ``start`` is there already."""

    def make(nodes: dict[str, Any], *wires: str, **more: Any) -> Plan:
        full = {slug: {"use": given} if isinstance(given, str) else given for slug, given in nodes.items()}
        flow = Flow.model_validate({"name": "flow", "nodes": {"start": {"use": "connector.start@1"}, **full}, "wires": list(wires), **more})
        return Plan(flow, REGISTRY)

    return make
