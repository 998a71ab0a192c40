"""Places of campaigns in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from engine.order.places import OrderName, numbered
from engine.store.connection import Connection
from engine.store.database import Part
from engine.store.rows import insert, select
from engine.store.times import to_micros

_KEY: Final = "campaign, channel, shop_id, channel_order_id"
_KNOWN: Final = f"SELECT channel, shop_id, channel_order_id, number FROM campaign_place WHERE ({_KEY}) IN"  # noqa: S608 - our own words
_TAKEN: Final = "SELECT coalesce(max(number), 0) FROM campaign_place WHERE campaign = ?"
_TAKE: Final = f"INSERT INTO campaign_place ({_KEY}, number, at) VALUES"


class SqlCampaigns(Part):
    async def take_places(self, campaign: str, first: int, orders: Sequence[OrderName], at: datetime) -> Sequence[int]:
        return await self._database.write(lambda connection: _take(connection, campaign, first, orders, at))


def _take(connection: Connection, campaign: str, first: int, orders: Sequence[OrderName], at: datetime) -> list[int]:
    """The one writer of the store does one after the other; two orders never get one place."""
    asked = [(campaign, *order) for order in dict.fromkeys(orders)]
    known = {(channel, shop, number): place for channel, shop, number, place in select(connection, _KNOWN, "(?,?,?,?)", asked)}
    (taken,) = connection.execute(_TAKEN, (campaign,)).fetchone()
    places = numbered(known, taken, first, orders)
    new = {order: place for order, place in zip(orders, places, strict=True) if place and order not in known}
    insert(connection, _TAKE, "(?,?,?,?,?,?)", [(campaign, *order, place, to_micros(at)) for order, place in new.items()])
    return places
