"""What is asked of flows: their drafts and their published versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.store.records import FlowRecord, FlowVersion, Page


class Flows(Protocol):
    async def flows(self, *, limit: int = 50, cursor: str | None = None, newest_first: bool = False) -> Page[FlowRecord]:
        """By name, else those that were changed last first."""
        ...

    async def flow_names(self) -> Sequence[str]:
        """All, in their order."""
        ...

    async def flow(self, name: str) -> FlowRecord: ...
    async def save_draft(self, name: str, document: bytes, *, expected: str | None, actor: str) -> str:
        """New ETag. ``expected`` is the ETag that the editor saw (``None``: there must be no draft; ``"*"``: whatever there is).

        Raises ``Conflict`` (``flow.changed``).
        """
        ...

    def drafts_saved(self) -> int:
        """How many drafts were saved through this store since it was made: tells at no cost that one may have changed."""
        ...

    async def publish(self, name: str, document: bytes, *, note: str, actor: str, calls: str = "{}") -> int:
        """The new version; publishing what is published already, with the same ``calls``, gives the same version again."""
        ...

    async def version(self, name: str, version: int) -> FlowVersion: ...
    async def versions(self, name: str) -> Sequence[FlowVersion]: ...
    async def published(self) -> Mapping[str, int]: ...
    async def published_naming(self, flows: Sequence[str], words: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Which of some words stand in the published documents of some flows; those in which none does are left out."""
        ...
