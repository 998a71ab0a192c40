"""Which fields travel on each wire, with their data classes, known before any run.

Fail-closed: a field that nobody declared is restricted, so that it is hidden wherever a person looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.flow.document import Flow
from engine.flow.graph import Link, links, order
from engine.node.lookup import NodeTypes
from engine.node.ports import ANY, ERROR_PORT, Effect, passes
from engine.privacy.classes import FieldClass


@dataclass(frozen=True, slots=True)
class Carried:
    """What a wire carries: declared fields by path, and the type's name (``order``, ``any``)."""

    fields: Mapping[str, FieldClass] = field(default_factory=dict[str, FieldClass])
    type: str = ANY


def lineage(flow: Flow, registry: NodeTypes) -> Mapping[tuple[str, str], Carried]:
    """What leaves each port, by (slug, port); ``(slug, "in")`` is what reaches the node."""
    wires = [link for link in links(flow) if link.source in flow.nodes and link.target in flow.nodes]
    found: dict[tuple[str, str], Carried] = {}
    for slug in order(list(flow.nodes), wires):
        arriving = _join(found[(link.source, link.port)] for link in wires if link.target == slug and (link.source, link.port) in found)
        found[(slug, "in")] = arriving
        node_type = registry.find(flow.nodes[slug].use)
        if node_type is None:
            continue
        found[(slug, ERROR_PORT)] = arriving
        for port in node_type.outputs:
            found[(slug, port.name)] = _leave(arriving, passes() if flow.nodes[slug].disabled else port.effect)
    return found


def types_on_wires(flow: Flow, registry: NodeTypes) -> Iterator[tuple[Link, str]]:
    carried = lineage(flow, registry)
    for link in links(flow):
        what = carried.get((link.source, link.port))
        if what is not None and link.port != ERROR_PORT:
            yield link, what.type


def _leave(arriving: Carried, effect: Effect) -> Carried:
    if effect.change == "replaces":
        return Carried(effect.fields, effect.type or ANY)
    if effect.change == "adds":
        return Carried({**arriving.fields, **effect.fields}, effect.type or arriving.type)
    return Carried(arriving.fields, arriving.type if effect.change == "passes" else ANY)


def _join(arriving: Iterable[Carried]) -> Carried:
    """Fields of all wires, each with the highest class that it has on any; a type only where all agree."""
    fields: dict[str, FieldClass] = {}
    types: set[str] = set()
    for carried in arriving:
        types.add(carried.type)
        for path, found in carried.fields.items():
            known = fields.get(path)
            if known is None or found.data_class > known.data_class:
                fields[path] = found
    return Carried(fields, types.pop() if len(types) == 1 else ANY)
