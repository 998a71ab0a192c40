"""What is asked of runs that other runs called (rule R11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.store.records import ChildRun, Page, Run, Wait


class ChildRuns(Protocol):
    async def call_of(self, child: int) -> ChildRun | None:
        """How a run was called, if it was."""
        ...

    async def children(self, parent: int, *, limit: int = 50, cursor: str | None = None) -> Page[Run]:
        """The runs that a run called, newest first."""
        ...

    async def open_children(self, parent: int) -> Sequence[int]:
        """Those of them that have not ended."""
        ...

    async def unanswered(self, parent: int | None = None, *, limit: int = 500) -> Sequence[tuple[ChildRun, Wait]]:
        """Children that have ended while the waits for their answers are still open, with these, oldest first."""
        ...

    async def orphans(self, *, limit: int = 500) -> Sequence[int]:
        """Runs that have not ended although the run that called them has."""
        ...
