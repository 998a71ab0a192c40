"""What the runtime adds to a node's own work, in process: a pure node and item, and an expression."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from figures import Figure

from engine.expression import Expression
from engine.flow.document import Flow
from engine.node.items import Scope
from engine.registry import Registry, installed
from engine.run.captured import CapturedEffects
from engine.run.execution import Execution
from engine.run.plan import Plan
from engine.sdk import Item, Params, node

NODES = 100
TRIES = 9
TYPICAL = "item.total_cents >= 50000 || item.note.contains('urgent') || item.note.contains('加急')"
ORDER: Item = {"id": 1, "total_cents": 21_250, "note": "leave at the front desk, thank you", "lines": [{"sku": "AB-1", "quantity": 2}]}


class Nothing(Params):
    pass


@node("rule.bench_step", version=1, label="Step")
def step(order: Item, params: Nothing) -> Item:
    return {**order, "step": 1}


def measure(options: argparse.Namespace) -> list[Figure]:
    return [
        Figure("pure node and item, batches of 100", asyncio.run(_added(100)), "µs", 1, 0.2, note="above the function itself"),
        Figure("pure node and item, single orders", asyncio.run(_added(1)), "µs", 4, 0.8, note="above the function itself"),
        Figure("a typical expression", _expression(), "µs", 1, 0.5),
    ]


async def _added(items: int) -> float:
    """Microseconds for a node and an item, less what the bare function takes."""
    plan, orders = Plan(_chain(), Registry([*installed(), step])), [dict(ORDER) for _ in range(items)]
    runs = max(1, 2_000 // items // 10)

    async def flow() -> None:
        for _ in range(runs):
            await Execution(plan, "start", orders, Scope(), CapturedEffects("bench", "key")).run()

    async def bare() -> None:
        params, function = Nothing(), step.function
        for _ in range(runs):
            for order in orders:
                made = order
                for _ in range(NODES):
                    made = function(made, params)

    per = runs * items * NODES
    return await _best(flow) / per - await _best(bare) / per


def _expression() -> float:
    function, times, scope = Expression(TYPICAL).function, 50_000, Scope()
    best = float("inf")
    for _ in range(TRIES):
        began = time.thread_time()
        for _ in range(times):
            function(ORDER, scope.event, scope.flow)
        best = min(best, time.thread_time() - began)
    return best / times * 1e6


async def _best(work: Callable[[], Awaitable[None]]) -> float:
    best = float("inf")
    for _ in range(TRIES):
        began = time.thread_time()
        await work()
        best = min(best, time.thread_time() - began)
    return best * 1e6


def _chain(nodes: int = NODES) -> Flow:
    return Flow.model_validate(chain("bench", nodes))


def chain(name: str, nodes: int) -> dict[str, Any]:
    """A flow of pure nodes in a row."""
    slugs = [f"n{number}" for number in range(nodes)]
    return {
        "format": 1,
        "name": name,
        "nodes": {"start": {"use": "connector.manual@1"}, **{slug: {"use": "rule.bench_step@1"} for slug in slugs}},
        "wires": [f"{one} -> {next_}" for one, next_ in zip(["start", *slugs], slugs, strict=False)],
        "tests": [],
    }
