"""What is asked of recorded events and their facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.store.filters import EVERY_EVENT, EventFilter
from engine.store.records import Event, Fact, Page, Recording


class Events(Protocol):
    async def event(self, event_id: int) -> Event: ...
    async def event_body(self, event_id: int) -> bytes:
        """Raises ``NotFound`` (``event.erased``) when its key was destroyed."""
        ...

    async def facts(self, event_id: int) -> Sequence[Fact]: ...
    async def recordings(self, event_ids: Sequence[int]) -> Mapping[int, Recording]:
        """Body and facts of many events at once, at most 500; those that are unknown or erased are left out."""
        ...

    async def events(self, where: EventFilter = EVERY_EVENT, *, limit: int = 50, cursor: str | None = None) -> Page[Event]: ...
    async def events_of_order(self, order_key: str) -> Sequence[Event]: ...
