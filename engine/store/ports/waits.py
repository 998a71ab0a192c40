"""What is asked of waits: a time, a signal, a person's task, a deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from engine.store.filters import OPEN_WAITS, WaitFilter
from engine.store.records import Fact, NewIncident, Page, Wait, WaitKind


class Waits(Protocol):
    async def waits(self, where: WaitFilter = OPEN_WAITS, *, limit: int = 50, cursor: str | None = None) -> Page[Wait]:
        """Newest first."""
        ...

    async def wait(self, wait_id: int) -> Wait: ...
    async def wait_for_effect(self, effect: str) -> Wait:
        """Raises ``NotFound`` (``wait.unknown``)."""
        ...

    async def due_waits(self, until: datetime, *, limit: int = 200) -> Sequence[Wait]:
        """Open waits that are due by then, those that are due longest first."""
        ...

    async def wait_counts(self) -> Mapping[tuple[str, WaitKind], int]:
        """How many are open, by flow and kind."""
        ...

    async def close_wait(self, wait_id: int, at: datetime, fact: Fact | None = None) -> bool:
        """Journal what ended the wait, close it, and set its run back to ``queued``, in one transaction.

        False: the run has ended meanwhile; then the wait is closed as cancelled and nothing is journaled.
        Raises ``NotFound`` (``wait.unknown``) or ``Conflict`` (``wait.closed``: something was quicker).
        """
        ...

    async def close_waits(self, wait_ids: Sequence[int], at: datetime, fact: Fact) -> bool:
        """The same for several waits of one run, which one fact answers."""
        ...

    async def pass_deadline(self, wait_id: int, at: datetime, fact: Fact, incident: NewIncident) -> bool:
        """Journal that a deadline has passed, close its wait and open the incident, in one transaction; the run's state stays.

        False: the run has ended; then only the wait is closed. Raises like ``close_wait``.
        """
        ...

    async def deadline_of(self, run_id: int) -> datetime | None:
        """When a run has to have ended, also where that has passed."""
        ...
