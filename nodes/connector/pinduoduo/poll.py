"""Pinduoduo orders, fetched."""

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
from nodes.connector.arrivals import inside, item_of, raw_fields, text_at
from nodes.connector.asking import ask
from nodes.connector.day_list import day_list
from nodes.connector.pages import Names, number_of, portion
from nodes.connector.pinduoduo.calls import PAGE_SIZE, list_call, read_page
from nodes.connector.pinduoduo.canonical import pinduoduo_order
from nodes.connector.pinduoduo.examples import CANCELLATION, SAMPLE_EVENT
from nodes.connector.pinduoduo.status import ZONE
from nodes.connector.samples import form, sample
from nodes.connector.windows import Rules, window

LONGEST: Final = timedelta(minutes=30)
OVERLAP: Final = timedelta(minutes=15)
"""The platform advises three minutes for what shows up late, and allows for clocks that differ by ten."""
NAMES: Final = Names("order_sn", "updated_at", ZONE)

ENVELOPES: Final = ("order_info_get_response", "order_info")
_FIELDS = """
order_sn order_status refund_status after_sales_status confirm_status group_status risk_control_status trade_type mkt_biz_type
created_time pay_time confirm_time shipping_time receive_time last_ship_time updated_at goods_amount discount_amount
platform_discount seller_discount capital_free_discount order_change_amount postage pay_amount pay_type country province city
is_lucky_flag is_pre_sale pre_sale_time is_stock_out stock_out_handle_status invoice_status mall_id
"""
_ITEM_FIELDS = "goods_id sku_id outer_goods_id outer_id goods_name goods_spec goods_price goods_count"
_ITEMS = tuple(f"{items}[].{name}" for items in ("item_list", "gift_list") for name in _ITEM_FIELDS.split())
RAW = raw_fields((*_FIELDS.split(), *_ITEMS), prefixes=("", "order_info.", "order_info_get_response.order_info."))


class PinduoduoPoll(Params):
    shop: Annotated[ConnectionRef, OfType(("pinduoduo",))] = Field(
        title="Shop", description="The connection of the shop, with the permission to read its orders."
    )
    every: Duration = Field(
        default=timedelta(minutes=1), gt=timedelta(0), title="Ask every", description="How often the list is asked for."
    )
    begin: Duration = Field(
        default=timedelta(hours=1), le=timedelta(days=89), title="Begin with", description="How far back the first look goes, up to 89d."
    )


async def consume_pinduoduo(params: PinduoduoPoll, feed: Feed) -> None:
    await poll(feed, params.every.total_seconds(), looking(params.shop, Rules(OVERLAP, params.begin, LONGEST), feed))


def looking(shop: ConnectionRef, rules: Rules, asks: Asks, day: Day | None = None) -> Look:
    del day  # the list shows orders whole

    async def look(cursor: Any) -> Portion:
        now = asks.now()
        span = window(rules, cursor, now)
        page = await ask(asks, shop, list_call(span.since, span.until, number_of(span)), read_page)
        return portion(span, page, PAGE_SIZE, NAMES, now)

    return look


@trigger(
    "connector.pinduoduo_poll",
    version=1,
    label="Pinduoduo orders, fetched",
    starts="source",
    consume=consume_pinduoduo,
    lists=day_list("pinduoduo", looking, pinduoduo_order, LONGEST),
    emits=replaces(RAW, RAW_ORDER),
    form=form("pinduoduo", *ENVELOPES),
    icon="shopping-bag",
    examples=(
        Example(
            {"shop": {"connection": "pinduoduo"}},
            [sample("pinduoduo")],
            {"out": [sample("pinduoduo")]},
            event=SAMPLE_EVENT,
            title="A whole order",
        ),
        CANCELLATION,
    ),
)
def pinduoduo_poll(delivery: Delivery, params: PinduoduoPoll) -> Arrival:
    """Starts the flow with each order of the Pinduoduo shop that is new or has changed, once for each version of the order.

    The list of changed orders is asked for in spans of time that overlap; how far it was read is kept over restarts.
    """
    return order_arrival(delivery, params.shop.connection)


def order_arrival(delivery: Delivery, shop: str) -> Arrival:
    """A whole order, listed or fetched. ``shop`` stands in where the order names none."""
    item = item_of(delivery)
    order = inside(item, *ENVELOPES)
    return Arrival(
        (item,),
        channel="pinduoduo",
        shop_id=text_at(order, "mall_id") or shop,
        order_id=text_at(order, "order_sn"),
        version=text_at(order, "updated_at"),
        passes=text_at(order, "refund_status") not in (None, "1")
        or "2" in (text_at(order, "confirm_status"), text_at(order, "group_status")),
    )
