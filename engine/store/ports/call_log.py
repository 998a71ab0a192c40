"""What is asked of the log of calls. It is kept apart from the orders, and never holds them up."""

from __future__ import annotations

from typing import Protocol

from engine.store.call_records import EVERY_CALL, CallFilter, CallMade, CallNote
from engine.store.records import Page


class CallLog(Protocol):
    """``lost``: how many calls were not noted, because they came faster than they could be written, or could not be written at all."""

    lost: int

    def note(self, call: CallNote) -> None:
        """Costs next to nothing, never waits and never fails. Written within a second."""
        ...

    async def calls(self, where: CallFilter = EVERY_CALL, *, limit: int = 50, cursor: str | None = None) -> Page[CallMade]:
        """Newest first, with all that was noted until now."""
        ...

    async def call(self, call_id: int) -> CallMade:
        """Raises ``NotFound`` (``call_log.unknown``)."""
        ...

    async def call_places(self) -> list[str]:
        """The connections and triggers that calls were noted of, by name."""
        ...

    async def forget_answers(self, run_id: int) -> None:
        """Leave of a run's calls nothing that an answer said."""
        ...

    async def close(self) -> None:
        """What was noted is written first."""
        ...
