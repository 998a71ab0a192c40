"""Places of campaigns in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from engine.order.places import OrderName, numbered
from engine.store.connection import Connection
from engine.store.database import Part
from engine.store.rows import insert, matching, select
from engine.store.sold_states import CALLED_OFF
from engine.store.times import to_micros

_KEY: Final = "campaign, channel, shop_id, channel_order_id"
_KNOWN: Final = f"SELECT channel, shop_id, channel_order_id, number FROM campaign_place WHERE ({_KEY}) IN"  # noqa: S608 - our own words
_TAKEN: Final = (
    "SELECT coalesce(max(number), 0) FROM (SELECT number FROM campaign_place WHERE campaign = ? "
    "UNION ALL SELECT number FROM campaign_free WHERE campaign = ?) AS given"
)
_FREE: Final = "SELECT number FROM campaign_free WHERE campaign = ? ORDER BY number LIMIT ?"
_TAKE_BACK: Final = "DELETE FROM campaign_free WHERE campaign = ? AND number = ?"
_OVER, _OVER_TAIL = matching(
    "channel, shop_id, channel_order_id",
    "hub_order",
    ("channel", "shop_id", "channel_order_id"),
    "status IN ('{}', '{}')".format(*CALLED_OFF),
)
_TAKE: Final = f"INSERT INTO campaign_place ({_KEY}, number, at) VALUES"


class SqlCampaigns(Part):
    async def take_places(self, campaign: str, first: int, orders: Sequence[OrderName], at: datetime) -> Sequence[int]:
        return await self._database.write(lambda connection: _take(connection, campaign, first, orders, at))


def _take(connection: Connection, campaign: str, first: int, orders: Sequence[OrderName], at: datetime) -> list[int]:
    """The one writer of the store does one after the other; two orders never get one place. One that is called off gets none."""
    asked = [(campaign, *order) for order in dict.fromkeys(orders)]
    known = {(channel, shop, number): place for channel, shop, number, place in select(connection, _KNOWN, "(?,?,?,?)", asked)}
    over = {tuple(one): 0 for one in select(connection, _OVER, "(?,?,?)", [one[1:] for one in asked], _OVER_TAIL)}
    free = [number for (number,) in connection.execute(_FREE, (campaign, len(asked))).fetchall()]
    (taken,) = connection.execute(_TAKEN, (campaign, campaign)).fetchone()
    places = numbered({**over, **known}, taken, first, orders, free)
    new = {order: place for order, place in zip(orders, places, strict=True) if place and order not in known}
    insert(connection, _TAKE, "(?,?,?,?,?,?)", [(campaign, *order, place, to_micros(at)) for order, place in new.items()])
    if again := [(campaign, place) for place in new.values() if place in free]:
        connection.executemany(_TAKE_BACK, again)
    return places
