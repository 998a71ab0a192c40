"""Pinduoduo orders, as the platform's messages name them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import Field

from engine.sdk import (
    RAW_ORDER,
    Arrival,
    ConnectionRef,
    Delivery,
    Example,
    Feed,
    InputInvalid,
    Item,
    NodeError,
    OfType,
    Params,
    read_json,
    replaces,
    trigger,
    write_json,
)
from nodes.connector.arrivals import as_item, text_at
from nodes.connector.asking import ask
from nodes.connector.pinduoduo.calls import body_of, list_call, order_call, permit_call, read_page
from nodes.connector.pinduoduo.envelope import order_of
from nodes.connector.pinduoduo.examples import CANCELLATION, SAMPLE_EVENT
from nodes.connector.pinduoduo.poll import ENVELOPES, LONGEST, RAW, order_arrival
from nodes.connector.samples import form, sample

TOPICS: Final = (
    "pdd_trade_TradeConfirmed",
    "pdd_trade_TradeRiskChanged",
    "pdd_trade_TradeLogisticsAddressChanged",
    "pdd_trade_TradeMemoModified",
    "pdd_trade_TradeSellerShip",
    "pdd_trade_TradeSuccess",
    "pdd_refund_RefundCreated",
    "pdd_refund_RefundAgreeAgreement",
    "pdd_refund_RefundClosed",
)
AT_ONCE: Final = 5
"""Orders that are asked for at the same time."""
FEW: Final = 2
"""So many are asked for one by one."""
_BEFORE: Final = timedelta(minutes=1)
"""An order changes before its message is sent."""
_NEVER: Final = 10**14
"""No millisecond lies behind it."""


class PinduoduoMessages(Params):
    shop: Annotated[ConnectionRef, OfType(("pinduoduo",))] = Field(
        title="Shop", description="The connection of the shop, whose app may take messages and read orders."
    )
    prefetch: int = Field(
        default=20, ge=1, le=100, title="Messages at once", description="At most so many are fetched and not acknowledged yet."
    )


async def consume_messages(params: PinduoduoMessages, feed: Feed) -> None:
    """The shop's messages are asked for at each start: it may be said again, and tells at once whether the permission holds."""
    await ask(feed, params.shop, permit_call(TOPICS), body_of)
    async with feed.open(params.shop, prefetch=params.prefetch) as inbox:
        feed.connected()
        while True:
            messages = await inbox.next()
            orders = await _orders(feed, params.shop, numbers_in(messages), sent_at(messages, feed.now()))
            await feed.take([Delivery(write_json(order)) for order in orders], inbox.acknowledge)


@trigger(
    "connector.pinduoduo_messages",
    version=1,
    label="Pinduoduo orders, by message",
    starts="source",
    consume=consume_messages,
    emits=replaces(RAW, RAW_ORDER),
    form=form("pinduoduo", *ENVELOPES),
    icon="shopping-bag",
    examples=(
        Example(
            {"shop": {"connection": "pinduoduo"}},
            [sample("pinduoduo")["order_info_get_response"]["order_info"]],
            {"out": [sample("pinduoduo")["order_info_get_response"]["order_info"]]},
            event=SAMPLE_EVENT,
            title="The order that a message named",
        ),
        CANCELLATION,
    ),
)
def pinduoduo_messages(delivery: Delivery, params: PinduoduoMessages) -> Arrival:
    """Starts the flow with each order of the Pinduoduo shop within a moment of its change, once for each version of the order.

    The platform's message service only names orders; each is fetched whole, as polling lists it, and the message is acknowledged once
    the order is on disk. A message may be lost: have the shop polled as well.
    """
    return order_arrival(delivery, params.shop.connection)


def numbers_in(messages: Iterable[Delivery]) -> list[str]:
    """The orders that messages name, each once, in the order in which they came. What names none is no business of ours."""
    contents = (_content(message.body) for message in messages)
    return list(dict.fromkeys(number for content in contents if (number := text_at(content, "tid") or text_at(content, "order_sn"))))


def sent_at(messages: Iterable[Delivery], now: datetime) -> datetime:
    """When the first of them was sent, not after ``now``."""
    times = (as_item(read_json(message.body)).get("sendTime") for message in messages)
    return min([now, *(datetime.fromtimestamp(one / 1000, UTC) for one in times if isinstance(one, int) and 0 < one < _NEVER)])


async def _orders(feed: Feed, shop: ConnectionRef, numbers: Sequence[str], since: datetime) -> Sequence[Item]:
    """Whole orders as they are now. Of many, those that changed last come with one call: the more is going on, the fewer calls an order
    costs, and a platform that takes few calls is not flooded.
    """
    listed: dict[str, Item] = {}
    if len(numbers) > FEW:
        now = feed.now()
        page = await ask(feed, shop, list_call(max(since - _BEFORE, now - LONGEST), now, 1), read_page)
        by_number = {text_at(order, "order_sn"): order for order in page.orders}
        listed = {number: order for number in numbers if (order := by_number.get(number)) is not None}
    slots = asyncio.Semaphore(AT_ONCE)
    asked = await asyncio.gather(*(_whole(feed, shop, number, slots) for number in numbers if number not in listed))
    return [*listed.values(), *(one for one in asked if one is not None)]


async def _whole(feed: Feed, shop: ConnectionRef, number: str, slots: asyncio.Semaphore) -> Item | None:
    """One that the platform itself does not give is shown as refused: no message of it will ever go."""
    async with slots:
        try:
            return order_of(await ask(feed, shop, order_call(number), body_of))
        except NodeError as error:
            if error.problem.code != "order.error_response":
                raise
            feed.refused(error.problem)
            return None


def _content(body: bytes) -> dict[str, Any]:
    """The content of a message about an order or a refund, which is JSON inside a text."""
    inside = as_item(as_item(read_json(body)).get("message"))
    if not str(inside.get("type", "")).startswith(("pdd_trade_", "pdd_refund_")):
        return {}
    content = inside.get("content")
    try:
        return as_item(read_json(content)) if isinstance(content, str) else {}
    except InputInvalid:
        return {}
