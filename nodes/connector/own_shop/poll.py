"""Orders of one's own shop, fetched."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import Field

from engine.sdk import (
    RAW_ORDER,
    Arrival,
    Asks,
    ConnectionRef,
    Day,
    Delivery,
    Duration,
    Example,
    Feed,
    Look,
    NodeError,
    OfType,
    Params,
    Portion,
    poll,
    replaces,
    trigger,
)
from nodes.connector.asking import ask
from nodes.connector.day_list import day_list
from nodes.connector.marks import anew, mark_of, portion
from nodes.connector.own_shop.calls import list_call, reader
from nodes.connector.own_shop.canonical import ZONE, own_shop_order
from nodes.connector.own_shop.trigger import RAW, order_arrival
from nodes.connector.pages import Names
from nodes.connector.samples import form, sample
from nodes.connector.windows import Rules, window

OVERLAP: Final = timedelta(minutes=10)
"""For what shows up late, and for clocks that differ."""
NAMES: Final = Names("data.order_no", "data.updated_at", ZONE)


class OwnShopPoll(Params):
    shop: Annotated[ConnectionRef, OfType(("own_shop",))] = Field(
        title="Shop", description="The connection of the shop, with the permission to read its orders."
    )
    every: Duration = Field(default=timedelta(minutes=1), title="Ask every", description="How often the list is asked for.")
    begin: Duration = Field(default=timedelta(hours=1), title="Begin with", description="How far back the first look goes.")


async def consume_own_shop(params: OwnShopPoll, feed: Feed) -> None:
    await poll(feed, params.every.total_seconds(), looking(params.shop, Rules(OVERLAP, params.begin), feed))


def looking(shop: ConnectionRef, rules: Rules, asks: Asks, day: Day | None = None) -> Look:
    del day  # the list shows orders whole

    async def look(cursor: Any) -> Portion:
        now = asks.now()
        span = window(rules, cursor, now)
        mark = mark_of(span)
        try:
            orders, ahead = await ask(asks, shop, list_call(span.since, span.until, mark), reader(now))
        except NodeError as error:
            if mark is None or error.problem.code != "order.error_response":
                raise
            return anew(span)
        return portion(span, orders, ahead, NAMES, {})

    return look


_CANCELLED: Final = {"type": "order.cancelled", "data": {"order_no": "OWN-0001", "updated_at": "2026-01-16T04:00:00Z"}}


@trigger(
    "connector.own_shop_poll",
    version=1,
    label="Own shop orders, fetched",
    starts="source",
    consume=consume_own_shop,
    lists=day_list("own_shop", looking, own_shop_order),
    emits=replaces(RAW, RAW_ORDER),
    form=form("own_shop", "data", part="order"),
    icon="refresh-cw",
    examples=(
        Example(
            {"shop": {"connection": "own_shop"}},
            [sample("own_shop")],
            {"out": [sample("own_shop")]},
            event={"channel": "own_shop", "shop_id": "own_shop", "order_id": "OWN-0001", "passes": False},
            title="A whole order",
        ),
        Example(
            {"shop": {"connection": "own_shop"}, "every": "30s"},
            [_CANCELLED],
            {"out": [_CANCELLED]},
            event={"version": "2026-01-16T04:00:00Z", "passes": True},
            title="A cancellation, which waits for nothing",
        ),
    ),
)
def own_shop_poll(delivery: Delivery, params: OwnShopPoll) -> Arrival:
    """Starts the flow with each order of one's own shop that is new or has changed, once for each version of the order.

    The shop offers `GET /orders` below the connection's address. An order that was also pushed is one event with its push.
    """
    return order_arrival(delivery, params.shop.connection)
