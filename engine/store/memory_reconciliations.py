"""The hub's list of a day, and what comparisons found, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.store.memory_journal import Kept
from engine.store.ports import HubOrder
from engine.store.reconciliations import ListedLine, ListedOrder, Reconciliation, day_after


class MemoryReconciliations:
    _kept: Kept

    async def orders_of_day(self, channel: str, day: str) -> Sequence[ListedOrder]:
        after = day_after(day)
        return [
            self._listed(one) for _, one in self._kept.orders.values() if one.channel == channel and day <= (one.created_at or "") < after
        ]

    def _listed(self, one: HubOrder) -> ListedOrder:
        identity = (one.channel, one.shop_id, one.channel_order_id)
        told = (digest.hex() for digest, order, event in self._kept.subjects if order == identity and event == one.event_id)
        pieces: Counter[str] = Counter()
        for line in one.lines:
            pieces[line.sku_code] += line.quantity
        lines = tuple(ListedLine(*line) for line in sorted(pieces.items()))
        paid, receiver = one.amount_paid or None, tuple(sorted(told))
        return ListedOrder(*identity, one.version or None, paid, one.status, None, lines or None, receiver or None)

    async def keep_reconciliation(self, found: Reconciliation) -> None:
        self._kept.reconciliations[found.day, found.channel] = found

    async def reconciliation(self, day: str, channel: str) -> Reconciliation | None:
        return self._kept.reconciliations.get((day, channel))

    async def reconciliations(self, limit: int = 50) -> Sequence[Reconciliation]:
        newest = sorted(self._kept.reconciliations.values(), key=lambda found: found.channel)
        return sorted(newest, key=lambda found: found.day, reverse=True)[:limit]
