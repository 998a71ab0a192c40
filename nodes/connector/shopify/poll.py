"""Shopify orders, fetched."""

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
    HttpAnswer,
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
from nodes.connector.pages import Names
from nodes.connector.samples import form, sample
from nodes.connector.shopify.calls import domain_of, is_nearly_full, list_call, next_mark, orders_of, shop_call
from nodes.connector.shopify.canonical import ZONE, shopify_order
from nodes.connector.shopify.trigger import DOMAIN, RAW, order_arrival
from nodes.connector.windows import Rules, window

OVERLAP: Final = timedelta(minutes=10)
"""For what shows up late in the list."""
REST: Final = 1.0
"""Seconds without a call where the bucket of calls is nearly full."""
NAMES: Final = Names("id", "updated_at", ZONE)


class ShopifyPoll(Params):
    shop: Annotated[ConnectionRef, OfType(("shopify",))] = Field(
        title="Shop", description="The connection of the shop, with the permission to read its orders."
    )
    every: Duration = Field(default=timedelta(minutes=1), title="Ask every", description="How often the list is asked for.")
    begin: Duration = Field(default=timedelta(hours=1), title="Begin with", description="How far back the first look goes.")


async def consume_shopify(params: ShopifyPoll, feed: Feed) -> None:
    await poll(feed, params.every.total_seconds(), looking(params.shop, Rules(OVERLAP, params.begin), feed))


def looking(shop: ConnectionRef, rules: Rules, asks: Asks, day: Day | None = None) -> Look:
    del day  # the list shows orders whole
    domain = ""

    async def look(cursor: Any) -> Portion:
        nonlocal domain
        now = asks.now()
        domain = domain or await ask(asks, shop, shop_call(), lambda answer: domain_of(answer, now))
        span = window(rules, cursor, now)

        def read(answer: HttpAnswer) -> tuple[Portion, bool]:
            orders = orders_of(answer, now)
            return portion(span, orders, next_mark(answer), NAMES, {DOMAIN: domain}), is_nearly_full(answer)

        try:
            found, is_full = await ask(asks, shop, list_call(span.since, span.until, mark_of(span)), read)
        except NodeError as error:
            if mark_of(span) is None or error.problem.code != "order.error_response":
                raise
            return anew(span)
        if is_full:
            await asks.sleep(REST)
        return found

    return look


_BACK: Final = {"id": 6100000000001, "updated_at": "2026-01-16T09:00:00-05:00", "financial_status": "refunded"}


@trigger(
    "connector.shopify_poll",
    version=1,
    label="Shopify orders, fetched",
    starts="source",
    consume=consume_shopify,
    lists=day_list("shopify", looking, shopify_order),
    emits=replaces(RAW, RAW_ORDER),
    form=form("shopify", "order"),
    keeps_headers=(DOMAIN,),
    icon="refresh-cw",
    examples=(
        Example(
            {"shop": {"connection": "shopify"}},
            [sample("shopify")],
            {"out": [sample("shopify")]},
            headers={DOMAIN: "fixture.myshopify.com"},
            event={
                "channel": "shopify",
                "shop_id": "fixture.myshopify.com",
                "order_id": "6100000000001",
                "version": "2026-01-15T19:30:05-05:00",
                "passes": False,
            },
            title="An order that changed, as one event with its push",
        ),
        Example(
            {"shop": {"connection": "shopify"}, "every": "30s"},
            [_BACK],
            {"out": [_BACK]},
            event={"shop_id": "shopify", "version": "2026-01-16T09:00:00-05:00", "passes": True},
            title="A refund, which waits for nothing",
        ),
    ),
)
def shopify_poll(delivery: Delivery, params: ShopifyPoll) -> Arrival:
    """Starts the flow with each order of the Shopify shop that is new or has changed, once for each version of the order.

    It finds what a webhook missed: an order that came by both is one event. How far the list was read is kept over restarts.
    """
    return order_arrival(delivery, params.shop.connection)
