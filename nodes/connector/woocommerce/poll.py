"""WooCommerce orders, fetched."""

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
    OfType,
    Params,
    Portion,
    poll,
    replaces,
    trigger,
)
from nodes.connector.asking import ask
from nodes.connector.day_list import day_list
from nodes.connector.pages import Names, number_of, portion
from nodes.connector.samples import form, sample
from nodes.connector.windows import Rules, window
from nodes.connector.woocommerce.calls import PAGE_SIZE, index_call, list_call, page_reader, source_of
from nodes.connector.woocommerce.canonical import woocommerce_order
from nodes.connector.woocommerce.status import ZONE
from nodes.connector.woocommerce.trigger import RAW, SOURCE, order_arrival

OVERLAP: Final = timedelta(minutes=10)
"""For what shows up late, and for a shop whose clock is behind ours."""
NAMES: Final = Names("id", "date_modified_gmt", ZONE)


class WooCommercePoll(Params):
    shop: Annotated[ConnectionRef, OfType(("woocommerce",))] = Field(
        title="Shop", description="The connection of the shop, with the permission to read its orders."
    )
    every: Duration = Field(default=timedelta(minutes=1), title="Ask every", description="How often the list is asked for.")
    begin: Duration = Field(default=timedelta(hours=1), title="Begin with", description="How far back the first look goes.")


async def consume_woocommerce(params: WooCommercePoll, feed: Feed) -> None:
    await poll(feed, params.every.total_seconds(), looking(params.shop, Rules(OVERLAP, params.begin), feed))


def looking(shop: ConnectionRef, rules: Rules, asks: Asks, day: Day | None = None) -> Look:
    del day  # the list shows orders whole
    source = ""

    async def look(cursor: Any) -> Portion:
        nonlocal source
        now = asks.now()
        source = source or await ask(asks, shop, index_call(), lambda answer: source_of(answer, now))
        span = window(rules, cursor, now)
        page = await ask(asks, shop, list_call(span.since, span.until, number_of(span)), page_reader(now))
        found = portion(span, page, PAGE_SIZE, NAMES, now)
        return Portion([Delivery(one.body, {SOURCE: source}) for one in found.deliveries], found.cursor, found.more)

    return look


_BACK: Final = {"id": 727001, "status": "processing", "date_modified_gmt": "2026-01-16T09:00:00", "refunds": [{"id": 1, "total": "-5.00"}]}


@trigger(
    "connector.woocommerce_poll",
    version=1,
    label="WooCommerce orders, fetched",
    starts="source",
    consume=consume_woocommerce,
    lists=day_list("woocommerce", looking, woocommerce_order),
    emits=replaces(RAW, RAW_ORDER),
    form=form("woocommerce"),
    keeps_headers=(SOURCE,),
    icon="refresh-cw",
    examples=(
        Example(
            {"shop": {"connection": "woocommerce"}},
            [sample("woocommerce")],
            {"out": [sample("woocommerce")]},
            headers={SOURCE: "https://shop.example.invalid/"},
            event={
                "channel": "woocommerce",
                "shop_id": "https://shop.example.invalid/",
                "order_id": "727001",
                "version": "2026-01-16T02:00:05",
                "passes": False,
            },
            title="An order that changed, as one event with its push",
        ),
        Example(
            {"shop": {"connection": "woocommerce"}, "every": "30s"},
            [_BACK],
            {"out": [_BACK]},
            event={"shop_id": "woocommerce", "version": "2026-01-16T09:00:00", "passes": True},
            title="A refund, which waits for nothing",
        ),
    ),
)
def woocommerce_poll(delivery: Delivery, params: WooCommercePoll) -> Arrival:
    """Starts the flow with each order of the WooCommerce shop that is new or has changed, once for each version of the order.

    It finds what a webhook missed: an order that came by both is one event. How far the list was read is kept over restarts.
    """
    return order_arrival(delivery, params.shop.connection)
