"""Which published flows may start by themselves, or by others: found by a look at the text of a document, without compiling it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from engine.node.types import NodeType
from engine.registry import Registry
from engine.run.plan import Plan

KINDS: Final = ("schedule", "incident", "alarm", "call", "source")


class Starters:
    """``words``: what stands in the document of a flow with such a trigger. It may stand in others too: those are found out later."""

    def __init__(self, registry: Registry) -> None:
        kinds = {f'"{found.name}': kind for found in registry if (kind := self.kind_of(found)) in KINDS}
        self.words: Sequence[str] = tuple(kinds)
        self._kinds = kinds
        self._flows: dict[str, set[str]] = {kind: set() for kind in KINDS}

    @staticmethod
    def kind_of(node_type: NodeType) -> str | None:
        return "source" if node_type.consume is not None else node_type.starts

    def starts(self, plan: Plan, kind: str) -> bool:
        return any(self.kind_of(step.type) == kind for step in plan.triggers.values())

    def __len__(self) -> int:
        return sum(map(len, self._flows.values()))

    def flows(self, kind: str) -> Collection[str]:
        return self._flows[kind]

    def note(self, flows: Iterable[str], words: Mapping[str, Sequence[str]]) -> None:
        """``words``: those found in the documents of the flows, by flow."""
        for name in flows:
            found = {self._kinds[word] for word in words.get(name, ()) if word in self._kinds}
            for kind, members in self._flows.items():
                (members.add if kind in found else members.discard)(name)
