"""Which flows a flow calls: found, checked, and resolved to versions when it is published (rule R11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.errors import Problem
from engine.flow.document import Flow
from engine.flow.lineage import Carried, lineage
from engine.json_text import canonical_json, read_json
from engine.node.lookup import NodeTypes
from engine.node.params import Calling
from engine.privacy.classes import DataClass, FieldClass, Kind

NOTHING_KNOWN = Carried()


@dataclass(frozen=True, slots=True)
class Called:
    """``version``: ``None`` where each run takes the newest; then nothing is known of the answer, for it may change."""

    flow: str
    version: int | None
    answer: Carried = NOTHING_KNOWN


class Callee(Protocol):
    """A flow as others call it. ``called_with``: what its trigger for that declares (``None``: it has none); ``callees``: whom it calls."""

    @property
    def version(self) -> int: ...
    @property
    def called_with(self) -> Carried | None: ...
    @property
    def answer(self) -> Carried: ...
    @property
    def callees(self) -> Sequence[str]: ...


FindFlow = Callable[[str], "Callee | None"]
"""A flow by its name: the published one, or that of a file beside."""
NO_CALLS: Mapping[str, Called] = {}


def callees_of(flow: Flow, registry: NodeTypes) -> Iterator[tuple[str, str, bool]]:
    """(slug, flow, whether by the newest version) of each node that calls another flow."""
    for slug, node in flow.nodes.items():
        found = registry.find(node.use)
        if found is not None and issubclass(found.params, Calling) and not node.disabled and isinstance(node.params.get("flow"), str):
            yield slug, node.params["flow"], node.params.get("version") == "latest"


def resolve_calls(flow: Flow, registry: NodeTypes, find: FindFlow) -> dict[str, Called]:
    """What each calling node gets, as far as the flows are known."""
    found: dict[str, Called] = {}
    for slug, name, latest in callees_of(flow, registry):
        plan = find(name)
        if latest:
            found[slug] = Called(name, None)
        elif plan is not None and plan.called_with is not None:
            found[slug] = Called(name, plan.version, plan.answer)
    return found


def check_calls(flow: Flow, registry: NodeTypes, find: FindFlow) -> list[Problem]:
    """``call.unknown_flow``, ``call.not_callable``, ``flow.calls_itself``, ``call.more_personal``: each at its node."""
    calls = list(callees_of(flow, registry))
    if not calls:
        return []
    carried = lineage(flow, registry)
    found = [problem for slug, name, _ in calls for problem in _check(flow.name, slug, name, find, carried.get((slug, "in"), Carried()))]
    return [problem.inside(flow.name) for problem in found]


def _check(own: str, slug: str, name: str, find: FindFlow, arriving: Carried) -> Iterator[Problem]:
    at = ("nodes", slug, "params", "flow")
    plan = find(name)
    ring = [own, name] if name == own else _way(name, own, find, (own,))
    if ring:
        yield Problem("flow.calls_itself", (slug, "flow"), {"way": " → ".join(ring)}, at)
    elif plan is None:
        yield Problem("call.unknown_flow", (slug, "flow"), {"flow": name}, at)
    elif plan.called_with is None:
        yield Problem("call.not_callable", (slug, "flow"), {"flow": name}, at)
    else:
        declared = plan.called_with.fields
        for path, one in arriving.fields.items():
            if path in declared and one.data_class > declared[path].data_class:
                fields = {"flow": name, "path": path, "class": one.data_class.value, "declared": declared[path].data_class.value}
                yield Problem("call.more_personal", (slug, "flow"), fields, at)


def _way(name: str, back_to: str, find: FindFlow, before: tuple[str, ...]) -> list[str]:
    """The names from the first flow over ``name`` to ``back_to``, if there is a way."""
    plan = find(name)
    for callee in plan.callees if plan is not None else ():
        if callee == back_to:
            return [*before, name, back_to]
        if callee not in before and (found := _way(callee, back_to, find, (*before, name))):
            return found
    return []


def calls_to(calls: Mapping[str, Called]) -> str:
    """As they are kept with a published version."""
    return canonical_json({slug: _kept(called) for slug, called in calls.items()}).decode()


def calls_from(text: str) -> dict[str, Called]:
    return {slug: _called(kept) for slug, kept in read_json(text.encode()).items()}


def _kept(called: Called) -> dict[str, Any]:
    fields = {path: [one.data_class.value, one.kind.value] for path, one in called.answer.fields.items()}
    return {"flow": called.flow, "version": called.version, "type": called.answer.type, "fields": fields}


def _called(kept: Mapping[str, Any]) -> Called:
    fields = {path: FieldClass(DataClass(one), Kind(other)) for path, (one, other) in kept["fields"].items()}
    return Called(kept["flow"], kept["version"], Carried(fields, kept["type"]))
