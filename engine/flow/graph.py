"""The graph of a flow: wires by their ends, order of execution, cycles, reachability."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.flow.document import Flow

DEFAULT_PORT = "out"


@dataclass(frozen=True, slots=True)
class Link:
    """A wire, parsed. ``text`` is as it stands in the document."""

    source: str
    port: str
    target: str
    text: str


def links(flow: Flow) -> list[Link]:
    return [parse(wire) for wire in flow.wires]


def parse(wire: str) -> Link:
    """``"a.port -> b"`` or ``"a -> b"`` (port ``out``)."""
    left, _, target = wire.partition(" -> ")
    source, _, port = left.partition(".")
    return Link(source, port or DEFAULT_PORT, target, wire)


def order(nodes: Sequence[str], wires: Iterable[Link]) -> list[str]:
    """The nodes in topological order, ties in declared order; nodes on a cycle, and behind one, are left out."""
    waiting = dict.fromkeys(nodes, 0)
    onward: dict[str, list[str]] = {slug: [] for slug in nodes}
    for link in wires:
        if link.source in waiting and link.target in waiting:
            waiting[link.target] += 1
            onward[link.source].append(link.target)
    position = {slug: n for n, slug in enumerate(nodes)}
    ready = [slug for slug in nodes if waiting[slug] == 0]
    done: list[str] = []
    while ready:
        slug = ready.pop(0)
        done.append(slug)
        for target in onward[slug]:
            waiting[target] -= 1
            if waiting[target] == 0:
                ready.append(target)
        ready.sort(key=position.__getitem__)
    return done


def cycle(nodes: Sequence[str], wires: Sequence[Link]) -> list[str]:
    """One cycle as the slugs on it, first one repeated at the end; empty where there is none."""
    left = set(nodes) - set(order(nodes, wires))
    onward = _onward(link for link in wires if link.source in left and link.target in left)
    for start in (slug for slug in nodes if slug in left):
        path, seen = [start], {start}
        while path:
            following = next((t for t in onward.get(path[-1], ()) if t == start or t not in seen), None)
            if following == start:
                return [*path, start]
            if following is None:
                path.pop()
            else:
                seen.add(following)
                path.append(following)
    return []


def reachable(starts: Iterable[str], wires: Iterable[Link]) -> set[str]:
    onward = _onward(wires)
    found: set[str] = set()
    todo = list(starts)
    while todo:
        slug = todo.pop()
        if slug not in found:
            found.add(slug)
            todo.extend(onward.get(slug, ()))
    return found


def _onward(wires: Iterable[Link]) -> Mapping[str, list[str]]:
    onward: dict[str, list[str]] = {}
    for link in wires:
        onward.setdefault(link.source, []).append(link.target)
    return onward
