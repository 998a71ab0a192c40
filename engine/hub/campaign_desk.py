"""Campaigns as flows ask for them: who is among the first so many orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine.store.ports import Store


class CampaignDesk:
    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now

    async def take(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """``{campaign, first, orders: [[channel, shop, number], …]}`` to ``{places}``: a number for each, 0 where none is left."""
        orders = [(channel, shop, number) for channel, shop, number in asked["orders"]]
        return {"places": list(await self._store.take_places(asked["campaign"], asked["first"], orders, self._now()))}
