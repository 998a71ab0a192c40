"""Any valid graph gives what an interpreter gives that is too simple to be wrong; live, recomputed, and after a fall in the middle."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.errors import NodeError
from engine.flow.document import Flow
from engine.hub.project import to_hub_order
from engine.json_text import canonical_json
from engine.node.context import HttpAnswer
from engine.node.items import Item
from engine.run import live
from engine.run.execution import Execution
from engine.run.facts import read_facts
from engine.run.live import run_live, scope_of
from engine.run.plan import Plan
from engine.run.recorded import RecordedEffects
from engine.run.world import World
from engine.store.memory import MemoryStore
from engine.store.ports import NewEvent
from tests.run.conftest import REGISTRY, SYSTEM
from tests.run.test_journaled import NOW

PORTS = {
    "double": ("out",),
    "copies": ("out",),
    "keep_positive": ("out",),
    "even": ("even", "odd"),
    "picky": ("out",),
    "total": ("out",),
    "call": ("out",),
}
FAMILY = {"even": "rule", "picky": "rule", "call": "connector"}
Wire = tuple[str, str, str]
LONG = os.environ.get("PROOFS_LONG") == "1"
PHASES = [phase for phase in Phase if LONG or phase is not Phase.shrink]
EXAMPLES = 5000 if LONG else 200


@dataclass(frozen=True)
class Graph:
    """``nodes``: what each does; ``wires``: source, port and target, in the order in which they are declared."""

    nodes: Mapping[str, str]
    wires: Sequence[Wire]
    items: Sequence[Item]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    nodes: dict[str, str] = {}
    wires: list[Wire] = []
    ways = [("start", "out")]
    for number in range(draw(st.integers(1, 7))):
        slug = f"n{number}"
        nodes[slug] = draw(st.sampled_from(sorted(PORTS)))
        sources = draw(st.lists(st.sampled_from(ways), min_size=1, max_size=3, unique=True))
        wires += [(source, port, slug) for source, port in sources]
        ways += [(slug, port) for port in PORTS[nodes[slug]]]
        if nodes[slug] in ("picky", "call") and draw(st.booleans()):
            ways.append((slug, "error"))
    number = st.integers(-5, 9)
    items = draw(
        st.lists(
            st.builds(lambda n, bad, copies: {"n": n, "bad": bad, "copies": copies}, number, st.booleans(), st.integers(1, 2)),
            min_size=1,
            max_size=3,
        )
    )
    return Graph(nodes, draw(st.permutations(wires)), items)


def naive(graph: Graph) -> dict[tuple[str, str], list[Item]]:
    """What leaves each node by each port. ``still``: nodes that not everything reached, because something before them failed."""
    out: dict[tuple[str, str], list[Item]] = {("start", "out"): list(graph.items)}
    still: set[str] = set()
    for slug, use in graph.nodes.items():
        mine = [(source, port) for source, port, target in graph.wires if target == slug]
        box = [item for way in mine for item in out.get(way, [])]
        if any(source in still for source, _ in mine):
            still.add(slug)
        failed: list[Item] = []
        for some in [box] if use == "total" else [[item] for item in box]:
            if use == "total" and (not box or slug in still):
                continue
            try:
                for port, item in work(use, some):
                    out.setdefault((slug, port), []).append(item)
            except (KeyError, NodeError):
                failed += some
        if failed and any((source, port) == (slug, "error") for source, port, _ in graph.wires):
            out[slug, "error"] = failed
        elif failed:
            still.add(slug)
    return out


def work(use: str, items: list[Item]) -> list[tuple[str, Item]]:
    item = items[0]
    match use:
        case "double" | "picky" if not (use == "picky" and item.get("bad")):
            return [("out", {**item, "n": item["n"] * (2 if use == "double" else 1)})]
        case "copies":
            return [("out", {**item, "copy": n}) for n in range(item.get("copies", 2))]
        case "keep_positive":
            return [("out", item)] if item["n"] > 0 else []
        case "even":
            return [("odd" if item["n"] % 2 else "even", item)]
        case "total":
            return [("out", {"sum": sum(one["n"] for one in items)}), ("out", {"count": len(items)})]
        case "call" if not refused(item):
            return [("out", {**item, "answers": [200]})]
        case _:
            raise NodeError("test.refused")


def refused(item: Item) -> bool:
    return item.get("n", 0) % 4 == 3


class System:
    """Refuses some items for good; falls after so many calls."""

    def __init__(self, falls_after: int | None = None) -> None:
        self.calls: list[tuple[str, bytes]] = []
        self.falls_after = falls_after

    @property
    def fallen(self) -> bool:
        return self.falls_after is not None and len(self.calls) >= self.falls_after

    async def http(self, connection: str, content: Mapping[str, Any], key: str, timeout: float) -> HttpAnswer:
        await asyncio.sleep(0)
        self.calls.append((key, canonical_json(content["json"])))
        if self.fallen:
            await asyncio.get_running_loop().create_future()
        return HttpAnswer(422 if refused(content["json"]["item"]) else 200, {}, {})

    async def mail(self, *_: Any) -> None:
        raise AssertionError


class House:
    """One event of a graph, whose run can be repeated as after a fall."""

    def __init__(self, graph: Graph, falls_after: int | None = None) -> None:
        self.graph, self.store, self.system = graph, MemoryStore(), System(falls_after)
        nodes = {
            slug: {"use": f"{FAMILY.get(use, 'transform')}.{use}@1", "params": SYSTEM if use == "call" else {}}
            for slug, use in graph.nodes.items()
        }
        wires = [f"{source if port == 'out' else f'{source}.{port}'} -> {target}" for source, port, target in graph.wires]
        self.plan = Plan(
            Flow.model_validate({"name": "flow", "nodes": {"start": {"use": "connector.start@1"}, **nodes}, "wires": wires}), REGISTRY
        )

    async def run(self) -> Execution | None:
        """The live execution, or nothing where it fell."""
        new = NewEvent("flow", 1, "start", "test|shop|1|1", "content", "test|shop|1", b"{}", NOW, "hook")
        self.event = await self.store.event((await self.store.journal.put_event(new)).id)
        executions: list[Execution] = []

        class Kept(Execution):
            def __init__(self, *args: Any) -> None:
                super().__init__(*args)
                executions.append(self)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(live, "Execution", Kept)
            world = World(self.store.journal, self.system, lambda: NOW, to_hub_order)
            recorded = read_facts(await self.store.facts(self.event.id))
            running = asyncio.ensure_future(run_live(world, self.plan, self.event, self.graph.items, self._scope(), recorded))
            while not running.done() and not self.system.fallen:
                await asyncio.sleep(0)
            if not running.done():
                self.system.falls_after = None
                tasks = [running, *executions[0]._tasks]
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                return None
            await running
        return executions[0]

    async def recomputed(self) -> Execution:
        recorded = read_facts(await self.store.facts(self.event.id))
        effects = RecordedEffects(self.event, recorded)
        execution = Execution(self.plan, "start", self.graph.items, self._scope(), effects, recorded)
        await execution.run()
        return execution

    def _scope(self) -> Any:
        return scope_of(self.plan, self.event, "test", "shop")


def left(execution: Execution) -> dict[tuple[str, str], list[Item]]:
    """As the naive interpreter says it; what an error wire adds to an item is left out."""
    found: dict[tuple[str, str], list[Item]] = {}
    for step, result in zip(execution.plan.steps, execution.results, strict=True):
        for port, sent in (result.outputs if result else {}).items():
            if sent:
                found[step.slug, port] = [{name: value for name, value in item.items() if name != "error"} for _, item in sent]
    return found


@settings(max_examples=EXAMPLES, deadline=None, derandomize=not LONG, print_blob=True, phases=PHASES)
@given(graphs())
def test_a_live_run_gives_what_the_naive_interpreter_gives_and_is_recomputed_wire_by_wire(graph: Graph) -> None:
    async def check() -> None:
        house = House(graph)
        execution = await house.run()
        assert execution is not None
        assert left(execution) == {way: items for way, items in naive(graph).items() if items}
        again = await house.recomputed()
        assert again.inputs == execution.inputs
        assert [result.outputs if result else None for result in again.results] == [
            one.outputs if one else None for one in execution.results
        ]

    asyncio.run(check())


@settings(max_examples=EXAMPLES, deadline=None, derandomize=not LONG, print_blob=True, phases=PHASES)
@given(graphs(), st.integers(1, 6))
def test_a_run_that_falls_in_the_middle_ends_as_if_it_had_not(graph: Graph, falls_after: int) -> None:
    async def check() -> None:
        house = House(graph, falls_after)
        execution = await house.run() or await house.run()
        assert execution is not None
        assert left(execution) == {way: items for way, items in naive(graph).items() if items}
        assert len(dict(house.system.calls)) == len(set(house.system.calls))

    asyncio.run(check())
