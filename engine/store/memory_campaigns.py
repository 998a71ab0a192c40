"""Places of campaigns in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.order.places import OrderName, numbered
from engine.store.memory_journal import Kept


class MemoryCampaigns:
    _kept: Kept

    async def take_places(self, campaign: str, first: int, orders: Sequence[OrderName], at: datetime) -> Sequence[int]:
        del at
        known = self._kept.places.setdefault(campaign, {})
        places = numbered(known, len(known), first, orders)
        known.update({order: place for order, place in zip(orders, places, strict=True) if place})
        return places
