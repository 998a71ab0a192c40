"""A flow compiled for execution: steps in topological order with their functions, parameters and wires resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from engine.errors import FlowInvalid
from engine.flow.check import check
from engine.flow.document import Flow, FlowNode, Policy, Retry
from engine.flow.graph import links, order
from engine.flow.lineage import Carried, lineage
from engine.flow.reader import read_flow
from engine.flow.references import connections_of
from engine.node.params import Params
from engine.node.ports import ERROR_PORT
from engine.node.types import NodeType
from engine.registry import Registry
from engine.run.fingerprint import fingerprint

DEFAULT_TIMEOUT = 30.0


@dataclass(slots=True)
class Step:
    """A node in the plan. ``incoming``: (step index, port) in the declared order of wires; ``onward``: who waits for this step.

    ``pure``: it has no effect (or is disabled); ``secret``: the connection whose fields a trigger verifies with.
    """

    index: int
    slug: str
    type: NodeType
    params: Params
    incoming: tuple[tuple[int, str], ...]
    onward: tuple[int, ...]
    wired: frozenset[str]
    on_error: str
    disabled: bool = False
    retry: Retry = field(default_factory=Retry)
    timeout: float = DEFAULT_TIMEOUT
    feeds_effects: bool = False
    pure: bool = True
    secret: str | None = None


class Plan:
    """``steps`` in topological order; the part of it behind one trigger is what a run executes."""

    def __init__(self, flow: Flow, registry: Registry, version: int = 0) -> None:
        problems = check(flow, registry)
        if problems:
            raise FlowInvalid(problems)
        self.flow = flow
        self.version = version
        self._registry = registry
        self.steps = _steps(flow, registry)
        self.by_slug = {step.slug: step for step in self.steps}
        self.triggers = {step.slug: step for step in self.steps if step.type.is_trigger}
        self.scope_flow: Mapping[str, Any] = {"name": flow.name, "constants": flow.constants}
        self._behind: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {}

    @property
    def name(self) -> str:
        return self.flow.name

    @cached_property
    def carried(self) -> Mapping[tuple[str, str], Carried]:
        """Fields with their classes by (slug, port): what masks need."""
        return lineage(self.flow, self._registry)

    @cached_property
    def fingerprint(self) -> str:
        """What the outcome of a recompute depends on besides the data (rule R8)."""
        return fingerprint(step.type for step in self.steps)

    def behind(self, trigger: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """For a run that starts at a trigger: the steps it executes, and for every step how many of these it waits for."""
        found = self._behind.get(trigger)
        if found is None:
            found = self._behind[trigger] = self._select(trigger)
        return found

    def _select(self, trigger: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        start = self.by_slug[trigger].index
        chosen = {start}
        for step in self.steps:
            if any(source in chosen for source, _ in step.incoming):
                chosen.add(step.index)
        waits = [len({source for source, _ in step.incoming if source in chosen}) if step.index in chosen else 0 for step in self.steps]
        return tuple(sorted(chosen)), tuple(waits)


@lru_cache(maxsize=256)
def compile_flow(document: bytes, registry: Registry, version: int = 0) -> Plan:
    """The plan of a document, kept by content. Raises ``FlowInvalid`` with every problem."""
    return Plan(read_flow(document), registry, version)


def _steps(flow: Flow, registry: Registry) -> list[Step]:
    wires = links(flow)
    slugs = order(list(flow.nodes), wires)
    index = {slug: n for n, slug in enumerate(slugs)}
    steps: list[Step] = []
    for slug in slugs:
        node, node_type = flow.nodes[slug], registry.get(flow.nodes[slug].use)
        outgoing = [link for link in wires if link.source == slug]
        wired = frozenset(link.port for link in outgoing)
        steps.append(
            Step(
                index=index[slug],
                slug=slug,
                type=node_type,
                params=node_type.params.model_validate(node.params),
                incoming=tuple((index[link.source], link.port) for link in wires if link.target == slug),
                onward=tuple(dict.fromkeys(index[link.target] for link in outgoing)),
                wired=wired,
                on_error=_on_error(node.policy, wired),
                disabled=node.disabled,
                pure=node.disabled or not node_type.is_effect,
                secret=next((reference.name for reference in connections_of(node_type, node.params)), None),
                **_policy(node),
            )
        )
    for step in reversed(steps):
        step.feeds_effects = any(steps[n].feeds_effects or not steps[n].pure for n in step.onward)
    return steps


def _on_error(policy: Policy | None, wired: frozenset[str]) -> str:
    if policy is not None and policy.on_error is not None:
        return policy.on_error
    return "route" if ERROR_PORT in wired else "park"


def _policy(node: FlowNode) -> dict[str, Any]:
    policy = node.policy
    found: dict[str, Any] = {}
    if policy is not None and policy.retry is not None:
        found["retry"] = policy.retry
    if policy is not None and policy.timeout is not None:
        found["timeout"] = policy.timeout.total_seconds()
    return found
