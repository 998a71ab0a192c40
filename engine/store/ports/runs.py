"""What is asked of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from engine.store.filters import RunFilter
from engine.store.records import Event, Fact, Page, Run, RunState


class Runs(Protocol):
    async def run(self, run_id: int) -> Run: ...
    async def move_run(self, fact: Fact, version: int, fingerprint: str) -> None:
        """Journal the decision, pin the run and its event to another version, and set it back to ``queued``, in one transaction.

        Raises ``NotFound`` (``run.unknown``), or ``Conflict`` (``run.not_movable``) where it is neither parked nor waiting.
        """
        ...

    async def runs(self, where: RunFilter, *, limit: int = 50, cursor: str | None = None) -> Page[Run]: ...
    async def run_counts(self) -> Mapping[tuple[str, RunState], int]: ...
    async def run_counts_since(self, since: datetime) -> Mapping[str, int]:
        """How many runs were accepted from then on, by flow. Reads them all: meant for a day, not for a year."""
        ...

    async def accepted_by_second(self, since: datetime) -> Mapping[int, int]:
        """How many runs were accepted in each second from then on, the first one being 0; seconds without any are left out.

        Reads them all: meant for a minute.
        """
        ...

    async def open_runs(self, *, after: int = 0, limit: int | None = None) -> Sequence[Event]:
        """Events whose runs have not ended (``OPEN_STATES``) and belong to this owner or to one that is gone.

        Oldest first, those with ids above ``after``; without it, those of owners that are gone are adopted first.
        """
        ...

    async def adopt_runs(self) -> Sequence[Event]:
        """Those of ``open_runs`` that belonged to an owner that is gone, and are adopted now."""
        ...

    async def parked_order_keys(self) -> Sequence[tuple[str, str]]:
        """(flow, order key) of parked runs."""
        ...
