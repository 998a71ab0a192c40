"""The hub's list of a day, and what comparisons found, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from engine.store.memory_journal import Kept
from engine.store.reconciliations import ListedOrder, Reconciliation, day_after


class MemoryReconciliations:
    _kept: Kept

    async def orders_of_day(self, channel: str, day: str) -> Sequence[ListedOrder]:
        after = day_after(day)
        return [
            ListedOrder(channel, one.shop_id, one.channel_order_id, one.version or None, one.amount_paid or None, one.status)
            for _, one in self._kept.orders.values()
            if one.channel == channel and day <= (one.created_at or "") < after
        ]

    async def keep_reconciliation(self, found: Reconciliation) -> None:
        self._kept.reconciliations[found.day, found.channel] = found

    async def reconciliation(self, day: str, channel: str) -> Reconciliation | None:
        return self._kept.reconciliations.get((day, channel))

    async def reconciliations(self, limit: int = 50) -> Sequence[Reconciliation]:
        newest = sorted(self._kept.reconciliations.values(), key=lambda found: found.channel)
        return sorted(newest, key=lambda found: found.day, reverse=True)[:limit]
