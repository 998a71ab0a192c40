"""The difference of two flows in the terms of a flow: nodes, wires, tests; layout apart, because it changes nothing that happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.flow.document import Flow, FlowNode
from engine.flow.graph import Link, links
from engine.flow.renames import renames
from engine.flow.value_diff import ValueChange, value_changes

Kind = Literal["added", "removed", "changed", "renamed"]
_HEAD = ("format", "name", "title", "description", "constants", "keep", "template", "groups", "notes")


@dataclass(frozen=True, slots=True)
class PartChange:
    """A node (``name`` is its slug) or a test. ``values``: what changed inside one ``changed`` or ``renamed`` (from ``old_name``)."""

    kind: Kind
    name: str
    old_name: str | None = None
    values: tuple[ValueChange, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowDiff:
    """``wires_reordered``: the same wires reach a node in another order, and so do its items. ``layout``: slugs that moved."""

    head: tuple[ValueChange, ...] = ()
    nodes: tuple[PartChange, ...] = ()
    wires_added: tuple[str, ...] = ()
    wires_removed: tuple[str, ...] = ()
    wires_reordered: tuple[str, ...] = ()
    tests: tuple[PartChange, ...] = ()
    layout: tuple[str, ...] = ()

    @property
    def changes_logic(self) -> bool:
        """Whether anything but the layout differs."""
        return bool(self.head or self.nodes or self.wires_added or self.wires_removed or self.wires_reordered or self.tests)

    def __bool__(self) -> bool:
        return self.changes_logic or bool(self.layout)


def diff(before: Flow, after: Flow) -> FlowDiff:
    """What was done to ``before`` to make ``after``. Removed wires and old names are written as ``before`` has them."""
    renamed = renames(before, after)
    old, new = links(before), links(after)
    old_ends = {_ends(link, renamed): link.text for link in old}
    new_ends = {_ends(link): link.text for link in new}
    return FlowDiff(
        head=tuple(value_changes(_head(before), _head(after))),
        nodes=tuple(_parts(_nodes(before), _nodes(after), renamed)),
        wires_added=tuple(text for ends, text in new_ends.items() if ends not in old_ends),
        wires_removed=tuple(text for ends, text in old_ends.items() if ends not in new_ends),
        wires_reordered=tuple(_reordered(list(old_ends), list(new_ends))),
        tests=tuple(_parts(_tests(before, renamed), _tests(after, {}), {})),
        layout=tuple(_moved(before.layout, after.layout, renamed)),
    )


def _head(flow: Flow) -> dict[str, Any]:
    return flow.model_dump(include=set(_HEAD), by_alias=True)


def _nodes(flow: Flow) -> dict[str, Any]:
    return {slug: _node(node) for slug, node in flow.nodes.items()}


def _node(node: FlowNode) -> dict[str, Any]:
    """An empty title or policy says no more than none."""
    policy = node.policy.model_dump() if node.policy and node.policy.model_dump(exclude_none=True) else None
    return {**node.model_dump(), "title": node.title or None, "policy": policy}


def _tests(flow: Flow, renamed: Mapping[str, str]) -> dict[str, Any]:
    """Tests by name, the nodes in them by their new names; the nth of a name gets a number, so that none is lost."""
    found: dict[str, Any] = {}
    for test in flow.tests:
        value = test.model_dump()
        value["trigger"] = renamed.get(test.trigger, test.trigger)
        for part in ("answers", "expect"):
            if value[part] is not None:
                value[part] = {renamed.get(slug, slug): inner for slug, inner in value[part].items()}
        count = sum(1 for name in found if name == test.name or name.startswith(f"{test.name} #"))
        found[test.name if not count else f"{test.name} #{count + 1}"] = value
    return found


def _parts(before: Mapping[str, Any], after: Mapping[str, Any], renamed: Mapping[str, str]) -> Sequence[PartChange]:
    origin = {new: old for old, new in renamed.items()}
    found = [PartChange("removed", name) for name in before if name not in after and name not in renamed]
    for name, value in after.items():
        old = origin.get(name, name)
        if old not in before:
            found.append(PartChange("added", name))
            continue
        values = tuple(value_changes(before[old], value))
        if old != name:
            found.append(PartChange("renamed", name, old, values))
        elif values:
            found.append(PartChange("changed", name, None, values))
    return found


def _ends(link: Link, renamed: Mapping[str, str] | None = None) -> tuple[str, str, str]:
    names = renamed or {}
    return names.get(link.source, link.source), link.port, names.get(link.target, link.target)


def _reordered(old: Sequence[tuple[str, str, str]], new: Sequence[tuple[str, str, str]]) -> list[str]:
    """The nodes that the wires common to both reach in another order."""
    common = set(old) & set(new)
    targets = dict.fromkeys(ends[2] for ends in new if ends in common)
    return [target for target in targets if _to(target, old, common) != _to(target, new, common)]


def _to(target: str, wires: Sequence[tuple[str, str, str]], common: set[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    return [ends for ends in wires if ends in common and ends[2] == target]


def _moved(before: Mapping[str, str], after: Mapping[str, str], renamed: Mapping[str, str]) -> list[str]:
    old = {renamed.get(slug, slug): place for slug, place in before.items()}
    return [slug for slug in sorted({*old, *after}) if old.get(slug) != after.get(slug)]
