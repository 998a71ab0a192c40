"""Places of campaigns that are given back, in the transaction that keeps the order which was called off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.store.connection import Connection
from engine.store.ports import HubOrder
from engine.store.rows import insert, matching, select
from engine.store.sold_states import CALLED_OFF, LEFT

_NAME: Final = ("channel", "shop_id", "channel_order_id")
_HELD, _HELD_TAIL = matching("campaign, channel, shop_id, channel_order_id, number", "campaign_place", _NAME)
_GONE: Final = f"SELECT 1 FROM hub_version WHERE order_id = ? AND status IN ({','.join('?' * len(LEFT))}) LIMIT 1"  # noqa: S608 - our own words
_FREE: Final = "INSERT INTO campaign_free (campaign, number) VALUES"
_LEAVE: Final = "DELETE FROM campaign_place WHERE campaign = ? AND number = ?"


def give_back(connection: Connection, newest: Mapping[int, HubOrder]) -> None:
    """``newest``: orders as they are kept now, by their ids. One that was called off before any of its goods left has no place any more."""
    over = {_name(order): order_id for order_id, order in newest.items() if order.status in CALLED_OFF}
    if not over:
        return
    held = select(connection, _HELD, "(?,?,?)", list(over), _HELD_TAIL)
    found = [(campaign, number, over[channel, shop, order]) for campaign, channel, shop, order, number in held]
    back = [(campaign, number) for campaign, number, order_id in found if connection.execute(_GONE, (order_id, *LEFT)).fetchone() is None]
    insert(connection, _FREE, "(?,?)", back)
    if back:
        connection.executemany(_LEAVE, back)


def _name(order: HubOrder) -> tuple[str, str, str]:
    return order.channel, order.shop_id, order.channel_order_id
