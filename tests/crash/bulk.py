"""Nodes for a call that is made for many items together, whose order is another one in each life of the engine."""

from __future__ import annotations

from engine.node.context import Context, HttpCall
from engine.node.declare import batch_node, effect_node
from engine.node.items import Item, Made
from engine.node.params import ConnectionRef, Params


class Life:
    """``number`` of the engine's life; ``left_out``: how many items the impure node keeps for itself."""

    number = 0
    left_out = 0


class Nothing(Params):
    pass


class Target(Params):
    target: ConnectionRef


@batch_node("transform.turn", version=1, label="Turn")
def turn(items: list[Item], params: Nothing) -> list[Made]:
    """Impure, as a node of a plugin may be in spite of all rules, or as another release of it."""
    order = list(range(len(items)))[Life.left_out :]
    return [Made(items[n], sources=(n,)) for n in (reversed(order) if Life.number % 2 else order)]


@effect_node("connector.bulk", version=1, label="Bulk", batch=True)
async def bulk(items: list[Item], params: Target, context: Context) -> list[Made]:
    """One call for all items, which go on after it."""
    head = {name: items[0][name] for name in ("id", "v", "mark", "kind") if name in items[0]}
    await context.http(params.target, HttpCall(path="/bulk", json={**head, "lines": [item["line"]["n"] for item in items]}))
    return [Made(item, sources=(n,)) for n, item in enumerate(items)]


BULK_NODES = (turn, bulk)
