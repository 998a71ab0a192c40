"""What is asked for recordings of traffic."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from engine.store.records import Page
from engine.store.traffic import NewTraffic, Traffic, TrafficOrder


class TrafficStore(Protocol):
    async def begin_traffic(self, new: NewTraffic, *, actor: str) -> int: ...
    async def traffic(self, traffic_id: int) -> Traffic:
        """Raises ``NotFound`` (``recording.unknown``)."""
        ...

    async def traffics(self, *, limit: int = 50, cursor: str | None = None) -> Page[Traffic]:
        """Newest first."""
        ...

    async def open_traffics(self) -> Sequence[tuple[Traffic, bytes]]:
        """Those that are recorded, with the keys of their pseudonyms."""
        ...

    async def end_traffic(self, traffic_id: int, at: datetime, *, actor: str) -> bool:
        """The key of its pseudonyms is destroyed with it. False where it had ended. Raises ``NotFound``."""
        ...

    async def delete_traffic(self, traffic_id: int, *, actor: str) -> None:
        """With all orders of it. Raises ``NotFound``."""
        ...

    async def old_traffics(self, before: datetime) -> Sequence[int]:
        """Those that were to be kept until then."""
        ...

    async def keep_traffic(self, traffic_id: int, orders: Sequence[TrafficOrder]) -> int:
        """How many are new. What has ended takes none any more."""
        ...

    async def traffic_events(self, traffic_id: int) -> Collection[int]:
        """The ids of the events that are taken, or left out for good."""
        ...

    async def traffic_orders(self, traffic_id: int, *, after: int = 0, limit: int = 50) -> Sequence[TrafficOrder]:
        """In the order of their events, from the one behind ``after`` on; those that were left out, too."""
        ...

    async def forget_traffic_of(self, event_id: int) -> None:
        """An event is erased: what was recorded of it goes, too."""
        ...
