"""JD orders, fetched."""

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
from nodes.connector.jd.calls import PAGE_SIZE, list_call, read_page
from nodes.connector.jd.canonical import jd_order
from nodes.connector.jd.status import ZONE
from nodes.connector.pages import Names, number_of, portion
from nodes.connector.samples import form, sample
from nodes.connector.windows import Rules, window

LONGEST: Final = timedelta(days=28)
"""A month is allowed; the shortest one is."""
OVERLAP: Final = timedelta(minutes=10)
"""For what shows up late, and for clocks that differ, of which the platform allows six minutes."""
NAMES: Final = Names("orderId", "modified", ZONE)

_ENVELOPES: Final = ("jingdong_pop_order_get_responce", "orderDetailInfo", "orderInfo")
_FIELDS = """
orderId venderId orderType payType orderTotalPrice orderSellerPrice orderPayment freightPrice sellerDiscount balanceUsed taxFee
serviceFee orderState orderStateRemark orderStartTime orderEndTime paymentConfirmTime outBoundDate modified returnOrder parentOrderId
directParentOrderId storeOrder idSopShipmenttype consigneeInfo.province consigneeInfo.city
"""
_ITEM_FIELDS = "skuId outerSkuId skuName jdPrice itemTotal wareId giftPoint productNo"
_COUPON_FIELDS = "skuId couponType couponPrice"
_LISTS = (("itemInfoList", _ITEM_FIELDS), ("couponDetailList", _COUPON_FIELDS))
_INNER = tuple(f"{name}[].{field}" for name, fields in _LISTS for field in fields.split())
RAW = raw_fields((*_FIELDS.split(), *_INNER), prefixes=("", "orderInfo.", "jingdong_pop_order_get_responce.orderDetailInfo.orderInfo."))


class JdPoll(Params):
    shop: Annotated[ConnectionRef, OfType(("jd",))] = Field(
        title="Shop", description="The connection of the shop, with the permission to read its orders."
    )
    every: Duration = Field(
        default=timedelta(minutes=1), gt=timedelta(0), title="Ask every", description="How often the list is asked for."
    )
    begin: Duration = Field(
        default=timedelta(hours=1), le=timedelta(days=89), title="Begin with", description="How far back the first look goes, up to 89d."
    )


async def consume_jd(params: JdPoll, feed: Feed) -> None:
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
    "connector.jd_poll",
    version=1,
    label="JD orders, fetched",
    starts="source",
    consume=consume_jd,
    lists=day_list("jd", looking, jd_order, LONGEST),
    emits=replaces(RAW, RAW_ORDER),
    form=form("jd", *_ENVELOPES),
    icon="shopping-bag",
    examples=(
        Example(
            {"shop": {"connection": "jd"}},
            [sample("jd")],
            {"out": [sample("jd")]},
            event={
                "channel": "jd",
                "shop_id": "10000001",
                "order_id": "300000000001",
                "version": "2026-01-16 09:01:00",
                "passes": False,
            },
            title="A whole order",
        ),
        Example(
            {"shop": {"connection": "jd"}},
            [{"orderId": "300000000001", "modified": "2026-01-16 09:20:00", "orderState": "LOCKED"}],
            {"out": [{"orderId": "300000000001", "modified": "2026-01-16 09:20:00", "orderState": "LOCKED"}]},
            event={"shop_id": "jd", "version": "2026-01-16 09:20:00", "passes": True},
            title="A cancellation, which waits for nothing",
        ),
    ),
)
def jd_poll(delivery: Delivery, params: JdPoll) -> Arrival:
    """Starts the flow with each order of the JD shop that is new or has changed, once for each version of the order.

    The list of changed orders is asked for in spans of time that overlap; how far it was read is kept over restarts.
    """
    item = item_of(delivery)
    order = inside(item, *_ENVELOPES)
    return Arrival(
        (item,),
        channel="jd",
        shop_id=text_at(order, "venderId") or params.shop.connection,
        order_id=text_at(order, "orderId"),
        version=text_at(order, "modified"),
        passes=text_at(order, "orderState") in ("LOCKED", "TRADE_CANCELED"),
    )
