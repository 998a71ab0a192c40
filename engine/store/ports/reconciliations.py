"""What is asked for comparing the hub with the lists of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.store.reconciliations import ListedOrder, Reconciliation


class Reconciliations(Protocol):
    async def orders_of_day(self, channel: str, day: str) -> Sequence[ListedOrder]:
        """The hub's orders of a channel that were created on that day (UTC)."""
        ...

    async def keep_reconciliation(self, found: Reconciliation) -> None:
        """The newest of a day and channel is kept."""
        ...

    async def reconciliation(self, day: str, channel: str) -> Reconciliation | None: ...

    async def reconciliations(self, limit: int = 50) -> Sequence[Reconciliation]:
        """The newest days first."""
        ...
