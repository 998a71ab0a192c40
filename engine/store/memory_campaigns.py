"""Places of campaigns in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.order.places import OrderName, Ranking
from engine.store.memory_journal import Kept
from engine.store.sold_states import CALLED_OFF


class MemoryCampaigns:
    _kept: Kept

    async def take_places(self, campaign: str, first: int, orders: Sequence[OrderName], at: datetime) -> Sequence[int]:
        del at
        refused = [name for name in orders if name in self._kept.orders and self._kept.orders[name][1].status in CALLED_OFF]
        return self._kept.places.setdefault(campaign, Ranking()).take(first, orders, refused)
