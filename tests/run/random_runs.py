"""Random valid graphs over the small nodes of ``conftest``, and a house in which an order runs through one, live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import strategies as st

from engine.connection.failures import CallFailed
from engine.flow.document import Flow
from engine.json_text import write_json
from engine.node.ports import ERROR_PORT
from engine.run import live
from engine.run.execution import Execution
from engine.run.facts import Recorded, read_facts
from engine.run.plan import Plan
from engine.store.ports import Event, Fact
from tests.run.conftest import REGISTRY, SYSTEM
from tests.run.test_journaled import NOW, House

PURE = ("transform.double@1", "transform.copies@1", "transform.keep_positive@1", "rule.even@1", "rule.picky@1", "rule.seen_at@1")
BATCH = "transform.total@1"
EFFECTS = ("connector.call@1", "connector.once@1")


@dataclass(frozen=True)
class Case:
    """``script``: answers of the system in order; ``decisions``: what people decide about incidents, one after the other."""

    document: Mapping[str, Any]
    item: Mapping[str, Any]
    script: tuple[int | str, ...]
    decisions: tuple[str, ...]
    plan: Plan = field(repr=False, compare=False, hash=False, default=None)  # type: ignore[assignment]


@st.composite
def nodes_of(draw: st.DrawFn) -> tuple[dict[str, Any], list[str]]:
    """Each node is fed by ports of earlier ones, so that every graph is acyclic and connected."""
    nodes: dict[str, Any] = {"start": {"use": "connector.start@1"}}
    wires: list[str] = []
    for number in range(draw(st.integers(1, 7))):
        slug = f"n{number}"
        use = draw(st.sampled_from((*PURE, BATCH, *EFFECTS)))
        node: dict[str, Any] = {"use": use}
        if use in EFFECTS:
            node["params"] = {**SYSTEM, "calls": draw(st.integers(1, 2))} if use == "connector.call@1" else SYSTEM
            attempts, backoff = draw(st.integers(1, 2)), draw(st.sampled_from(("0.1s", "60s")))
            node["policy"] = {"retry": {"attempts": attempts, "backoff": backoff, "jitter": 0, "max": "90s"}}
        if draw(st.integers(0, 9)) == 0:
            node["disabled"] = True
        for source in draw(st.lists(st.sampled_from(sorted(nodes)), min_size=1, max_size=2, unique=True)):
            ports = [port.name for port in REGISTRY.get(nodes[source]["use"]).outputs]
            if source != "start":
                ports.append(ERROR_PORT)
            port = draw(st.sampled_from(ports))
            wires.append(f"{source} -> {slug}" if port == "out" else f"{source}.{port} -> {slug}")
        nodes[slug] = node
    return nodes, wires


@st.composite
def cases(draw: st.DrawFn) -> Case:
    nodes, wires = draw(nodes_of())
    document = {"name": "flow", "nodes": nodes, "wires": wires}
    item = {"n": draw(st.integers(-2, 5)), "copies": draw(st.integers(0, 3)), "bad": draw(st.booleans())}
    script = draw(st.lists(st.sampled_from((200, 200, 200, 422, 503, 429, "unreachable", "cut")), max_size=8))
    decisions = draw(st.lists(st.sampled_from(("again", "anew", "skip", "sent", "not_sent")), max_size=3))
    return Case(document, item, tuple(script), tuple(decisions), plan_of(document))


def plan_of(document: Mapping[str, Any]) -> Plan:
    return Plan(Flow.model_validate(document), REGISTRY)


def script_of(case: Case) -> list[int | Exception]:
    lost = {
        "unreachable": CallFailed("http.unreachable", retriable=True, maybe_sent=False, host="system"),
        "cut": CallFailed("http.cut", retriable=True, maybe_sent=True, host="system"),
    }
    return [lost[step] if isinstance(step, str) else step for step in case.script]


@dataclass
class Lived:
    """A run after its end: ``executions`` as they happened live, the last one at last; ``facts`` as they are kept."""

    event: Event
    facts: list[Fact]
    executions: list[Execution]

    @property
    def last(self) -> Execution:
        return self.executions[-1]

    def recorded(self) -> Recorded:
        return read_facts(self.facts)


async def live_through(case: Case) -> Lived:
    """Runs the order; each decision is taken about the oldest open incident, and the run goes on."""
    executions: list[Execution] = []

    class Watched(Execution):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            executions.append(self)

    house = House(case.plan, *script_of(case))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(live, "Execution", Watched)
        await house.run(dict(case.item))
        for decision in case.decisions:
            assert house.event is not None
            open_ones = (await house.store.incidents()).items
            if not open_ones:
                break
            incident = open_ones[-1]
            number = max((fact.number for fact in await house.store.facts(house.event.id)), default=0) + 1
            body = write_json({"step": incident.step, "key": incident.item_key, "action": decision})
            fact = Fact(house.event.id, number, "resumption", body, "owner", NOW)
            await house.store.close_incident(incident.id, "resumed", fact)
            await house.run(dict(case.item))
    assert house.event is not None
    return Lived(house.event, list(await house.store.facts(house.event.id)), executions)


def wires_of(execution: Execution) -> dict[str, Any]:
    """All that a person sees on the wires: what reached each step, what left it, failed or waits."""
    return {
        step.slug: {
            "in": execution.inputs[step.index],
            "out": {port: sent for port, sent in result.outputs.items() if sent},
            "failed": [(one.key, one.problem) for one in result.failures],
            "dropped": result.dropped,
            "later": [one.key for one in result.waiting],
        }
        for step, result in zip(execution.plan.steps, execution.results, strict=True)
        if result is not None
    }
