"""Which fields travel on each wire, with their data classes, known before any run.

Fail-closed: a field that nobody declared is restricted, so that it is hidden wherever a person looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from engine.flow.document import Flow, FlowNode
from engine.flow.graph import Link, links, order
from engine.node.lookup import NodeTypes
from engine.node.params import Params
from engine.node.ports import ANY, ERROR_PORT, Declares, Effect, unknown
from engine.node.types import NodeType
from engine.node.writes import after_writing
from engine.privacy.classes import FieldClass


@dataclass(frozen=True, slots=True)
class Carried:
    """What a wire carries: declared fields by path, and the type's name (``order``, ``any``)."""

    fields: Mapping[str, FieldClass] = field(default_factory=dict[str, FieldClass])
    type: str = ANY


NO_ANSWERS: Mapping[str, Carried] = {}
Lineage = Mapping[tuple[str, str], Carried]
"""What leaves each port, by (slug, port); ``(slug, "in")`` is what reaches the node."""


def lineage(flow: Flow, registry: NodeTypes, answers: Mapping[str, Carried] = NO_ANSWERS) -> Lineage:
    """``answers``: what the flows that nodes call answer, by slug, where that is known."""
    wires = [link for link in links(flow) if link.source in flow.nodes and link.target in flow.nodes]
    incoming: dict[str, list[tuple[str, str]]] = {}
    for link in wires:
        incoming.setdefault(link.target, []).append((link.source, link.port))
    found: dict[tuple[str, str], Carried] = {}
    for slug in order(list(flow.nodes), wires):
        arriving = join(found[port] for port in incoming.get(slug, ()) if port in found)
        found[(slug, "in")] = arriving
        node_type = registry.find(flow.nodes[slug].use)
        if node_type is None:
            continue
        found[(slug, ERROR_PORT)] = arriving
        if flow.nodes[slug].disabled:
            found.update({(slug, port.name): arriving for port in node_type.outputs})
            continue
        params = _params(node_type, flow.nodes[slug])
        for port in node_type.outputs:
            found[(slug, port.name)] = _leave(arriving, port.effect, node_type, params, answers.get(slug))
    return found


def types_on_wires(flow: Flow, carried: Lineage) -> Iterator[tuple[Link, str]]:
    """The type on each wire; one of an ``error`` port carries none."""
    for link in links(flow):
        what = carried.get((link.source, link.port))
        if what is not None and link.port != ERROR_PORT:
            yield link, what.type


def _params(node_type: NodeType, node: FlowNode) -> Params | None:
    try:
        return node_type.params.model_validate(node.params)
    except ValidationError:
        return None  # reported by the check; such a flow does not run


def _leave(arriving: Carried, effect: Effect, node_type: NodeType, params: Params | None, answer: Carried | None) -> Carried:
    if effect.change == "answer":
        return answer or Carried()
    if effect.change == "declared":
        effect = params.declared() if isinstance(params, Declares) else unknown()
    if effect.change == "replaces":
        return Carried(effect.fields, effect.type or ANY)
    passing = arriving.fields if params is None else after_writing(node_type, params, arriving.fields, answer.fields if answer else {})
    if effect.change == "adds":
        return Carried({**passing, **effect.fields}, effect.type or arriving.type)
    return Carried(passing, arriving.type if effect.change == "passes" else ANY)


def join(arriving: Iterable[Carried]) -> Carried:
    """Fields that are declared on every wire, each with the highest class that it has on any; a type only where all agree."""
    wires = list(arriving)
    if len(wires) < 2:
        return wires[0] if wires else Carried()
    fields = dict(wires[0].fields)
    for carried in wires[1:]:
        fields = {path: _higher(found, carried.fields[path]) for path, found in fields.items() if path in carried.fields}
    types = {carried.type for carried in wires}
    return Carried(fields, types.pop() if len(types) == 1 else ANY)


def _higher(left: FieldClass, right: FieldClass) -> FieldClass:
    return right if right.data_class > left.data_class else left
