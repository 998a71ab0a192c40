"""``orderloom try``: one node on items, in a flow that holds nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import click

from engine.access import requires
from engine.catalogue import explain
from engine.cli.input import input_option, object_option, objects, open_input
from engine.cli.language import current
from engine.cli.lines import open_lines
from engine.errors import InputInvalid
from engine.flow.check.nodes import check_params, unknown_use
from engine.flow.document import Flow, FlowNode
from engine.node.declare import trigger
from engine.node.items import Item
from engine.node.params import Params
from engine.node.triggers import Arrival, Delivery
from engine.node.types import NodeType
from engine.registry import Registry, installed
from engine.run.arrivals import arrivals_of
from engine.run.captured import SandboxHub
from engine.run.plan import Plan
from engine.run.sandbox import run_in_sandbox

Line = dict[str, Any]
START = "try_start"


@click.command("try")
@click.argument("node", metavar="NODE")
@click.option("--params", "params_text", default="{}", metavar="JSON", help="The node's parameters as a JSON object.")
@input_option
@requires("flow.run")
def try_node(node: str, params_text: str, source: str | None) -> int:
    """Try a node on items, effects captured. Prints what leaves it: a line of port and item, or of a problem, each."""
    node_type = _find(node)
    params = object_option(params_text, "--params")
    problems = list(check_params(node_type.name, FlowNode(use=node_type.use, params=params), node_type))
    if problems:
        raise InputInvalid(problems)
    items: Iterable[Item] = objects(open_input(source)) if source else [{}]
    return asyncio.run(_print(node_type, params, items))


def _find(name: str) -> NodeType:
    registry = installed()
    found = registry.find(name)
    if found is None:
        raise InputInvalid(unknown_use(name, registry).inside(name))
    return found


async def _print(node_type: NodeType, params: dict[str, Any], items: Iterable[Item]) -> int:
    failed = False
    lines_of = _arrivals if node_type.is_trigger else _results
    with open_lines(None) as lines:
        async for line in lines_of(node_type, params, items):
            lines.write(line)
            failed = failed or "problem" in line
    return 1 if failed else 0


async def _arrivals(node_type: NodeType, params: dict[str, Any], items: Iterable[Item]) -> AsyncIterator[Line]:
    slug = _slug(node_type)
    flow = Flow(name="try", nodes={slug: FlowNode(use=node_type.use, params=params)})
    step = Plan(flow, Registry([node_type])).by_slug[slug]
    for arrival in arrivals_of(step, items):
        for item in arrival.items:
            yield {"port": "out", "item": item}


async def _results(node_type: NodeType, params: dict[str, Any], items: Iterable[Item]) -> AsyncIterator[Line]:
    slug = _slug(node_type)
    nodes = {START: FlowNode(use=_start.use), slug: FlowNode(use=node_type.use, params=params)}
    plan = Plan(Flow(name="try", nodes=nodes, wires=[f"{START} -> {slug}"]), Registry([_start, node_type]))
    hub = SandboxHub()
    for number, box in enumerate([list(items)] if node_type.is_batch else ([item] for item in items), 1):
        for line in await _run(plan, slug, Arrival(tuple(box), channel="try"), number, hub):
            yield line


async def _run(plan: Plan, slug: str, arrival: Arrival, number: int, hub: SandboxHub) -> list[Line]:
    run = await run_in_sandbox(plan, plan.by_slug[START], arrival, number=number, hub=hub)
    result = run.execution.results[plan.by_slug[slug].index]
    sent: list[Line] = [{"port": port, "item": item} for port, out in (result.outputs if result else {}).items() for _, item in out]
    return sent + [{"problem": explain(failure.problem, current())} for failure in run.execution.parked]


def _slug(node_type: NodeType) -> str:
    return node_type.name.partition(".")[2]


class Start(Params):
    """Nothing to set."""


@trigger("connector.try_start", version=1, label="Start", starts="manual")
def _start(delivery: Delivery, params: Start) -> Arrival:  # pyright: ignore[reportUnusedFunction]
    """Never read: the items are handed to the run as they are."""
    raise NotImplementedError
