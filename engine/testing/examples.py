"""Runs the examples of a node as the runtime would: in a flow of a start and the node, in the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, cast

from engine.errors import Problem
from engine.flow.document import Flow
from engine.json_text import canonical_json, write_json
from engine.node.declare import trigger
from engine.node.examples import Example
from engine.node.items import Item
from engine.node.params import Params
from engine.node.ports import ORDER, replaces
from engine.node.triggers import Arrival, Delivery
from engine.node.types import NodeType
from engine.order import CanonicalOrder
from engine.registry import Registry
from engine.run.captured import CapturedEffects
from engine.run.execution import Execution
from engine.run.plan import Plan
from engine.testing.context import example_scope


class _Nothing(Params):
    """No parameters."""


@trigger("connector.example_start", version=1, label="Start", starts="manual", emits=replaces(CanonicalOrder, ORDER))
def example_start(delivery: Delivery, params: _Nothing) -> Arrival:
    """Stands before the node in its examples; what it hands on counts as a canonical order, so that masks know the fields."""
    raise NotImplementedError


@dataclass(slots=True)
class Outcome:
    """What became of an example: items by port, problems, requests, and for a trigger what the arrival says."""

    output: dict[str, list[Item]] = field(default_factory=dict[str, list[Item]])
    problems: list[Problem] = field(default_factory=list[Problem])
    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    event: dict[str, Any] = field(default_factory=dict[str, Any])
    input_changed: bool = False


def run_example(node_type: NodeType, example: Example) -> Outcome:
    """Runs one example. Raises ``FlowInvalid`` or pydantic's ``ValidationError`` where its parameters are wrong."""
    items = deepcopy(list(example.input))
    before = canonical_json(items)
    outcome = _read(node_type, example, items) if node_type.is_trigger else asyncio.run(_execute(node_type, example, items))
    outcome.input_changed = canonical_json(items) != before
    return outcome


def check_example(node_type: NodeType, example: Example) -> None:
    """Raises ``AssertionError`` where the example does not do what it says."""
    outcome = run_example(node_type, example)
    name = f"{node_type.use}, example {example.title!r}"
    _require(not outcome.input_changed, f"{name}: changed the item that it was given")
    codes = [problem.code for problem in outcome.problems]
    _require(codes == ([example.problem] if example.problem else []), f"{name}: problems {[str(problem) for problem in outcome.problems]}")
    expected = {port: list(sent) for port, sent in example.output.items()}
    _require(outcome.output == expected, f"{name}: {_text(outcome.output)} instead of {_text(expected)}")
    if node_type.is_trigger:
        _require(covers(outcome.event, example.event), f"{name}: the arrival says {outcome.event}")
    elif example.requests:
        _require(len(outcome.requests) == len(example.requests), f"{name}: {len(outcome.requests)} requests")
        _require(covers(outcome.requests, list(example.requests)), f"{name}: asked {_text(outcome.requests)}")


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)


def covers(found: Any, expected: Any) -> bool:
    """Whether ``found`` holds all that is expected; objects may hold more."""
    if isinstance(expected, Mapping):
        wanted = cast("Mapping[str, Any]", expected)
        return isinstance(found, Mapping) and all(name in found and covers(found[name], value) for name, value in wanted.items())
    if isinstance(expected, (list, tuple)) and isinstance(found, (list, tuple)):
        pairs = list(zip(cast("Sequence[Any]", found), cast("Sequence[Any]", expected), strict=False))
        return len(pairs) == len(cast("Sequence[Any]", found)) == len(cast("Sequence[Any]", expected)) and all(
            covers(a, b) for a, b in pairs
        )
    return found == expected


def delivery_of(node_type: NodeType, example: Example, items: Sequence[Item]) -> Delivery:
    """What would have arrived: the item as the body, for files all of them in an array."""
    body: Any = list(items) if node_type.starts == "file" else items[0]
    return Delivery(write_json(body), dict(example.headers))


def plan_of(node_type: NodeType, example: Example) -> Plan:
    """A flow of a start and the node."""
    document = {
        "format": 1, "name": "example", "constants": dict(example.constants), "wires": ["start -> node"],
        "nodes": {"start": {"use": example_start.use}, "node": {"use": node_type.use, "params": dict(example.params)}},
    }  # fmt: skip
    return Plan(Flow.model_validate(document), Registry([example_start, node_type]))


def _read(node_type: NodeType, example: Example, items: Sequence[Item]) -> Outcome:
    params = node_type.params.model_validate(dict(example.params))
    arrival: Arrival = node_type.function(delivery_of(node_type, example, items), params)
    said = {name: getattr(arrival, name) for name in ("channel", "shop_id", "order_id", "version", "delivery_id", "passes", "content")}
    return Outcome({"out": list(arrival.items)} if arrival.items else {}, event=said)


async def _execute(node_type: NodeType, example: Example, items: Sequence[Item]) -> Outcome:
    plan = plan_of(node_type, example)
    effects = CapturedEffects(plan.name, "example", {"node": example.answers})
    execution = Execution(plan, "start", items, example_scope(example.event, example.constants), effects)
    await execution.run()
    result = execution.results[plan.by_slug["node"].index]
    output = {port: [item for _, item in sent] for port, sent in result.outputs.items()} if result else {}
    requests = [{"kind": one.request.kind, "connection": one.request.connection, **one.request.content} for one in effects.requests]
    return Outcome(output, [failure.problem for failure in execution.parked], requests)


def _text(value: Any) -> str:
    return canonical_json(value).decode()
