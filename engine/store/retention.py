"""What retention and erasure ask of the store: small deletions that stand in line with all other writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OldRuns:
    """Runs that may go, and after which id to look on (``None``: nothing behind it can be old)."""

    ids: Sequence[int]
    next: int | None


@dataclass(frozen=True, slots=True)
class Among:
    """Which runs are meant: those of ``flow``, or all but those of the flows ``besides``."""

    flow: str | None = None
    besides: Sequence[str] = ()

    def holds(self, flow: str) -> bool:
        return flow == self.flow if self.flow is not None else flow not in self.besides


ALL = Among()


class Retention(Protocol):
    async def nth_newest_run(self, number: int, among: Among = ALL) -> int:
        """The id of the newest run but ``number``; 0 where there are not more than that."""
        ...

    async def old_runs(self, before: datetime | None, upto: int, *, after: int = 0, limit: int = 200, among: Among = ALL) -> OldRuns:
        """Of the next ``limit`` runs with ids above ``after`` those that may go, as ``old_among`` says."""
        ...

    async def delete_runs(self, run_ids: Sequence[int]) -> int:
        """Delete runs with all that they called, their events, facts, incidents, waits and data keys, in one transaction; how many went.

        One that has gone on meanwhile, or called one that is open, stays, and one that was called only goes with its caller.
        What is known of event keys, and the projections of hub orders, stay.
        """
        ...

    async def forget_keys(self, before: datetime, *, after: bytes = b"", limit: int = 1000) -> bytes | None:
        """Of the next ``limit`` event keys forget those that came before a time. After which to look on; ``None`` at the end."""
        ...

    async def delete_parcels(self, before: datetime) -> int:
        """Those that last moved before a time, with what was told of them; how many went."""
        ...

    async def shrink(self, pages: int) -> int:
        """Give some free pages of the files back to the system; how many are left that can be given back."""
        ...

    async def settle_files(self) -> None:
        """Empty the write-ahead logs, so that nothing that was deleted rests in them."""
        ...

    async def erase_event(self, event_id: int, actor: str) -> None:
        """Destroy the key of an event whose run has ended (rule R9): its body and facts cannot be read any more, by nobody.

        The events of the runs that it called, and they in turn, are sealed with the same key and erased with it. Incidents that are
        open are closed as cancelled. Once erased, nothing happens. Raises ``NotFound`` (``event.unknown``) or ``Conflict``:
        ``event.still_open``, also for one of those runs, or ``event.was_called``, which names the event to erase.
        """
        ...
