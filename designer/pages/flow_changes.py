"""What a version changed against the one before, gathered for people: nodes by their titles, the rest in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from designer.pages.flow_titles import title_in
from engine.flow.diff import PartChange, diff
from engine.flow.document import Flow

MOST_PATHS = 3


@dataclass(frozen=True, slots=True)
class ChangedNode:
    """``paths``: the parameters that differ, the first few; ``more``: how many others do."""

    title: str
    paths: Sequence[str] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """``renamed``: (old slug, new slug). ``head``: title, description or constants. ``moved``: nodes that lie elsewhere."""

    added: Sequence[str]
    removed: Sequence[str]
    changed: Sequence[ChangedNode]
    renamed: Sequence[tuple[str, str]]
    wires_added: int
    wires_removed: int
    reordered: int
    tests: int
    head: bool
    moved: int

    @property
    def nothing(self) -> bool:
        return not (self.logic or self.moved)

    @property
    def logic(self) -> bool:
        """Whether anything but the layout differs."""
        nodes = self.added or self.removed or self.changed or self.renamed
        return bool(nodes or self.wires_added or self.wires_removed or self.reordered or self.tests or self.head)


def changes(before: Flow, after: Flow, language: str) -> Changes:
    found = diff(before, after)
    named = {kind: [one for one in found.nodes if one.kind == kind] for kind in ("added", "removed", "changed", "renamed")}
    return Changes(
        added=[title_of(after, one.name, language) for one in named["added"]],
        removed=[title_of(before, one.name, language) for one in named["removed"]],
        changed=[_node(after, one, language) for one in named["changed"]],
        renamed=[(one.old_name or "", one.name) for one in named["renamed"]],
        wires_added=len(found.wires_added),
        wires_removed=len(found.wires_removed),
        reordered=len(found.wires_reordered),
        tests=len(found.tests),
        head=bool(found.head),
        moved=len(found.layout),
    )


def title_of(flow: Flow, slug: str, language: str) -> str:
    """A node's title in the reader's language, else in English, else its slug in words."""
    return title_in(flow.nodes[slug].title, slug, language)


def _node(flow: Flow, one: PartChange, language: str) -> ChangedNode:
    paths = [value.path.removeprefix("params.") or "params" for value in one.values]
    return ChangedNode(title_of(flow, one.name, language), paths[:MOST_PATHS], max(0, len(paths) - MOST_PATHS))
