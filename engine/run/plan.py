"""A flow compiled for execution: steps in topological order with their functions, parameters and wires resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from engine.errors import FlowInvalid
from engine.flow.calls import NO_CALLS, Called, calls_from
from engine.flow.check import check
from engine.flow.document import Flow, FlowNode, Policy, Retry
from engine.flow.graph import links, order
from engine.flow.lineage import Carried, join, lineage
from engine.flow.reader import read_flow
from engine.flow.references import connections_of
from engine.node.params import Calling, Cel, Params, UrlTemplate
from engine.node.ports import ERROR_PORT
from engine.node.types import NodeType
from engine.registry import Registry
from engine.run.fingerprint import fingerprint

DEFAULT_TIMEOUT = 30.0


@dataclass(slots=True)
class Step:
    """A node in the plan. ``incoming``: (step index, port) in the declared order of wires; ``onward``: who waits for this step.

    ``pure``: it has no effect (or is disabled); ``secret``: the connection whose fields a trigger verifies with;
    ``path``: of the URL that it calls, as the flow has it, where data would stand in it;
    ``priority``: of the runs that a trigger starts, a word or what gives one; ``called``: what was resolved of the flow that it calls,
    when its own was published.
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
    path: str | None = None
    priority: str | Cel | None = None
    called: Called | None = None

    @property
    def calling(self) -> Calling | None:
        """Its parameters, where it calls another flow."""
        return self.params if isinstance(self.params, Calling) and not self.disabled else None


class Part(NamedTuple):
    """The part of a plan behind one trigger: its steps; for every step of the plan how many of these it waits for; whether it ``calls``

    other flows; whether it is ``pure``: nothing in it has an effect; the names of the node ``types`` in it that are not disabled.
    """

    steps: tuple[int, ...]
    waits: tuple[int, ...]
    calls: bool
    pure: bool
    types: frozenset[str]


class Plan:
    """``steps`` in topological order; the part of it behind one trigger is what a run executes."""

    def __init__(self, flow: Flow, registry: Registry, version: int = 0, calls: Mapping[str, Called] = NO_CALLS) -> None:
        problems = check(flow, registry)
        if problems:
            raise FlowInvalid(problems)
        self.flow, self.name = flow, flow.name
        self.version = version
        self._registry = registry
        self._answers = {slug: called.answer for slug, called in calls.items()}
        self.steps = _steps(flow, registry, calls)
        self.by_slug = {step.slug: step for step in self.steps}
        self.triggers = {step.slug: step for step in self.steps if step.type.is_trigger}
        self.scope_flow: Mapping[str, Any] = {"name": flow.name, "constants": flow.constants}
        self.behind: Mapping[str, Part] = _Parts(self.steps, self.by_slug)
        """By trigger, what a run that starts there executes; made when it is asked for first."""

    @cached_property
    def carried(self) -> Mapping[tuple[str, str], Carried]:
        """Fields with their classes by (slug, port): what masks need."""
        return lineage(self.flow, self._registry, self._answers)

    @cached_property
    def fetching(self) -> Sequence[Step]:
        """Steps that fetch something of a declared form."""
        return [step for step in self.steps if step.type.form is not None and step.type.is_effect and not step.disabled]

    @property
    def answer(self) -> Carried:
        """What it answers a flow that calls it."""
        reached = [self.carried[(step.slug, "in")] for step in self.steps if step.type.answers and not step.disabled]
        return join(reached)

    @cached_property
    def callee(self) -> Step | None:
        """The trigger by which other flows call it."""
        return next((step for step in self.triggers.values() if step.type.starts == "call" and not step.disabled), None)

    @property
    def called_with(self) -> Carried | None:
        return self.carried[(self.callee.slug, "out")] if self.callee is not None else None

    @property
    def callees(self) -> Sequence[str]:
        return [step.calling.flow for step in self.steps if step.calling is not None]

    def calls(self, trigger: str) -> bool:
        """Whether runs that start at a trigger call other flows."""
        return self.behind[trigger].calls

    @cached_property
    def fingerprint(self) -> str:
        """What the outcome of a recompute depends on besides the data (rule R8)."""
        return fingerprint(step.type for step in self.steps)

    def with_params(self, params: Mapping[str, Mapping[str, Any]]) -> Plan:
        """The same plan, but for the parameters of some nodes. Raises ``FlowInvalid`` with every problem that they make."""
        changed = {slug: self.flow.nodes[slug].model_copy(update={"params": dict(given)}) for slug, given in params.items()}
        return Plan(self.flow.model_copy(update={"nodes": {**self.flow.nodes, **changed}}), self._registry, self.version)


class _Parts(dict[str, Part]):
    def __init__(self, steps: Sequence[Step], by_slug: Mapping[str, Step]) -> None:
        super().__init__()
        self._steps, self._by_slug = steps, by_slug

    def __missing__(self, trigger: str) -> Part:
        found = self[trigger] = _part(self._steps, self._by_slug[trigger])
        return found


def _part(steps: Sequence[Step], start: Step) -> Part:
    chosen = {start.index}
    for step in steps:
        if any(source in chosen for source, _ in step.incoming):
            chosen.add(step.index)
    waits = [len({source for source, _ in step.incoming if source in chosen}) if step.index in chosen else 0 for step in steps]
    behind = [steps[index] for index in sorted(chosen)]
    calls, pure = any(step.calling is not None for step in behind), all(step.pure for step in behind[1:])
    types = frozenset(step.type.name for step in behind if not step.disabled)
    return Part(tuple(step.index for step in behind), tuple(waits), calls, pure, types)


@lru_cache(maxsize=256)
def compile_flow(document: bytes, registry: Registry, version: int = 0, calls: str = "{}") -> Plan:
    """The plan of a document, kept by content; ``calls`` as published. Raises ``FlowInvalid`` with every problem."""
    return Plan(read_flow(document), registry, version, calls_from(calls))


def _steps(flow: Flow, registry: Registry, calls: Mapping[str, Called]) -> list[Step]:
    wires = links(flow)
    slugs = order(list(flow.nodes), wires)
    index = {slug: n for n, slug in enumerate(slugs)}
    steps: list[Step] = []
    for slug in slugs:
        node, node_type = flow.nodes[slug], registry.get(flow.nodes[slug].use)
        outgoing = [link for link in wires if link.source == slug]
        wired = frozenset(link.port for link in outgoing)
        params = node_type.params.model_validate(node.params)
        steps.append(
            Step(
                index=index[slug],
                slug=slug,
                type=node_type,
                params=params,
                incoming=tuple((index[link.source], link.port) for link in wires if link.target == slug),
                onward=tuple(dict.fromkeys(index[link.target] for link in outgoing)),
                wired=wired,
                on_error=_on_error(node.policy, wired),
                disabled=node.disabled,
                pure=node.disabled or not node_type.is_effect,
                secret=next((reference.name for reference in connections_of(node_type, node.params)), None),
                path=_path(params),
                called=calls.get(slug),
                **_policy(node),
            )
        )
    for step in reversed(steps):
        step.feeds_effects = any(steps[n].feeds_effects or not steps[n].pure for n in step.onward)
    return steps


def _path(params: Params) -> str | None:
    templates = (value for name in type(params).model_fields if isinstance(value := getattr(params, name), UrlTemplate))
    return next((template.text for template in templates), None)


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
    if policy is not None and policy.priority is not None:
        found["priority"] = policy.priority
    return found
