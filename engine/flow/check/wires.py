"""Checks of the wires and of the graph that they make."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Problem
from engine.flow.document import Flow
from engine.flow.graph import DEFAULT_PORT, Link, cycle, links, reachable
from engine.flow.lineage import Lineage, types_on_wires
from engine.node.lookup import NodeTypes
from engine.node.ports import ANY, ERROR_PORT


def check_wires(flow: Flow, registry: NodeTypes, broken: frozenset[str]) -> Iterator[Problem]:
    seen: set[tuple[str, str, str]] = set()
    for link in links(flow):
        where, at = (f'wire "{link.text}"',), ("wires", link.text)
        missing = [slug for slug in (link.source, link.target) if slug not in flow.nodes and slug not in broken]
        for slug in missing:
            yield Problem("wire.unknown_node", where, {"node": slug}, at)
        yield from (Problem(p.code, where, p.fields, at) for p in _check_ends(link, flow, registry))
        ends = (link.source, link.port, link.target)
        if ends in seen:
            yield Problem("wire.duplicate", where, at=at)
        seen.add(ends)


def _check_ends(link: Link, flow: Flow, registry: NodeTypes) -> Iterator[Problem]:
    source = registry.find(flow.nodes[link.source].use) if link.source in flow.nodes else None
    target = registry.find(flow.nodes[link.target].use) if link.target in flow.nodes else None
    if source is not None and link.port not in source.ports and not (link.port == ERROR_PORT and not source.is_trigger):
        ports = [port.name for port in source.outputs]
        code = "wire.port_needed" if link.port == DEFAULT_PORT and "." not in link.text.partition(" -> ")[0] else "wire.unknown_port"
        yield Problem(code, fields={"node": link.source, "port": link.port, "ports": ports})
    if target is not None and target.is_trigger:
        yield Problem("wire.into_trigger", fields={"node": link.target})


def check_graph(flow: Flow, registry: NodeTypes, broken: frozenset[str]) -> Iterator[Problem]:
    wires = [link for link in links(flow) if link.source in flow.nodes and link.target in flow.nodes]
    ring = cycle(list(flow.nodes), wires)
    if ring:
        yield Problem("flow.cycle", fields={"nodes": " -> ".join(ring)}, at=("nodes", ring[0]))
    known = {slug: registry.find(node.use) for slug, node in flow.nodes.items()}
    doubtful = {slug for slug, node_type in known.items() if node_type is None}
    starts = {slug for slug, node_type in known.items() if node_type is not None and node_type.is_trigger} | doubtful
    if not starts and not broken:
        return
    reached = reachable(starts | _behind_faults(flow, broken), wires) | set(ring)
    yield from (Problem("node.unreachable", (slug,), at=("nodes", slug)) for slug in flow.nodes if slug not in reached)


def _behind_faults(flow: Flow, broken: frozenset[str]) -> set[str]:
    """Nodes with a wire from one that cannot be read or does not exist: that fault is reported, not what follows from it."""
    return {link.target for link in links(flow) if link.source in broken or link.source not in flow.nodes}


def check_types(flow: Flow, registry: NodeTypes, carried: Lineage) -> Iterator[Problem]:
    for link, what in types_on_wires(flow, carried):
        target = registry.find(flow.nodes[link.target].use) if link.target in flow.nodes else None
        if target is None or ANY in (target.accepts, what) or what == target.accepts:
            continue
        fields = {"carries": what, "node": link.target, "accepts": target.accepts}
        yield Problem("wire.type_mismatch", (f'wire "{link.text}"',), fields, ("wires", link.text))
