"""Which nodes of a flow have only got another name."""

from __future__ import annotations

from collections.abc import Callable, Collection

from engine.flow.document import Flow
from engine.flow.graph import links
from engine.json_text import canonical_json

_HERE = "here"
Signature = tuple[bytes, tuple[tuple[str, str, str], ...]]


def renames(before: Flow, after: Flow) -> dict[str, str]:
    """Old slug → new slug of each node that is gone under one name and there under another, with the same type, parameters,
    policy and wires. Where several are alike they are paired in their order.
    """
    gone = [slug for slug in before.nodes if slug not in after.nodes]
    come = [slug for slug in after.nodes if slug not in before.nodes]
    if not gone or not come:
        return {}
    kept = before.nodes.keys() & after.nodes.keys()
    waiting: dict[Signature, list[str]] = {}
    for slug in come:
        waiting.setdefault(_signature(after, slug, kept), []).append(slug)
    found: dict[str, str] = {}
    for slug in gone:
        alike = waiting.get(_signature(before, slug, kept))
        if alike:
            found[slug] = alike.pop(0)
    return found


def _signature(flow: Flow, slug: str, kept: Collection[str]) -> Signature:
    """What a node does and how it is wired; a neighbour that is not in both flows is known by what it does."""

    def name(other: str) -> str:
        if other == slug:
            return _HERE
        return f"={other}" if other in kept or other not in flow.nodes else _work(flow, other).hex()

    return _work(flow, slug), _wires(flow, slug, name)


def _wires(flow: Flow, slug: str, name: Callable[[str], str]) -> tuple[tuple[str, str, str], ...]:
    touching = (link for link in links(flow) if slug in (link.source, link.target))
    return tuple(sorted((name(link.source), link.port, name(link.target)) for link in touching))


def _work(flow: Flow, slug: str) -> bytes:
    return canonical_json(flow.nodes[slug].model_dump(exclude={"title"}))
