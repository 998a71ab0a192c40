"""Pinduoduo orders, as the platform's messages name them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

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
    NonEmpty,
    OfType,
    Params,
    read_json,
    replaces,
    trigger,
    write_json,
)
from nodes.connector.arrivals import as_item, text_at
from nodes.connector.asking import ask
from nodes.connector.pinduoduo.calls import PAGE_SIZE, body_of, list_call, order_call, permit_call, read_page
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
PACE: Final = 0.5
"""Seconds. Messages that come so close to each other are looked up together: the platform takes few calls a second, and polling needs some
of them."""
MOST_PAGES: Final = 3
_BEFORE: Final = timedelta(minutes=1)
"""An order changes before its message is made."""
_SECOND: Final = timedelta(seconds=1)
"""Lists tell times in whole ones."""
_NEVER: Final = 10**14
"""No millisecond lies behind it."""
_SHOP: Final = "shop"
"""The header of a delivery that names the connection which its order was fetched by, where that is another one than the trigger's."""


class FurtherShop(BaseModel):
    """Another shop of the same app."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mall_id: NonEmpty = Field(max_length=40, title="Mall id", description="The platform's number of the shop, as its messages name it.")
    shop: Annotated[ConnectionRef, OfType(("pinduoduo",))] = Field(title="Shop", description="The connection of that shop.")


class PinduoduoMessages(Params):
    shop: Annotated[ConnectionRef, OfType(("pinduoduo",))] = Field(
        title="Shop", description="The connection of the shop, whose app may take messages and read orders."
    )
    further: tuple[FurtherShop, ...] = Field(
        default=(),
        max_length=100,
        title="Further shops",
        description="Shops under the same app: the platform sends the messages of all of them to whoever listens. Each order is fetched "
        "by the connection of the shop that its message names; what names none of these is the first shop's.",
    )
    prefetch: int = Field(
        default=20, ge=1, le=100, title="Messages at once", description="At most so many are fetched and not acknowledged yet."
    )


async def consume_messages(params: PinduoduoMessages, feed: Feed) -> None:
    """The messages of each shop are asked for at each start: it may be said again, and tells at once whether the permission holds."""
    await ask(feed, params.shop, permit_call(TOPICS), body_of)
    for one in params.further:
        await _permitted(feed, one.shop)
    async with feed.open(params.shop, prefetch=params.prefetch) as inbox:
        feed.connected()
        while True:
            messages, began = await inbox.next(), monotonic()
            made = made_between(messages, feed.now())
            found = await asyncio.gather(*(_told(feed, params, *one, made) for one in by_shop(messages, params.further)))
            await feed.take([delivery for one in found for delivery in one], inbox.acknowledge)
            if pause := pause_after(len(messages), params.prefetch, monotonic() - began):
                await feed.sleep(pause)


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
    the order is on disk. A message may be lost: have the shop polled as well. Several shops under one app are listened to by one node,
    which tells them apart by the mall id that each message names.
    """
    return order_arrival(delivery, delivery.headers.get(_SHOP, params.shop.connection))


def pause_after(messages: int, most: int, took: float) -> float:
    """Seconds before the next ones are asked for. Few are looked up one by one, and what has piled up is looked up together anyway."""
    return max(0.0, PACE - took) if FEW < messages < most else 0.0


def by_shop(messages: Iterable[Delivery], further: Sequence[FurtherShop] = ()) -> list[tuple[ConnectionRef | None, list[str]]]:
    """The orders that messages name, each once, in the order in which they came, with the further shop whose they are; ``None``: the
    first shop's. What names no order is no business of ours.
    """
    shops = {one.mall_id: one.shop for one in further}
    found: dict[ConnectionRef | None, dict[str, None]] = {}
    for mall, content in map(_mall_and_content, messages):
        if number := text_at(content, "tid") or text_at(content, "order_sn"):
            found.setdefault(shops.get(mall or ""), {})[number] = None
    return [(shop, list(numbers)) for shop, numbers in found.items()]


async def _permitted(feed: Feed, shop: ConnectionRef) -> None:
    """Of a further shop. One that permits nothing is shown, and the others are listened to."""
    try:
        await ask(feed, shop, permit_call(TOPICS), body_of)
    except NodeError as error:
        feed.refused(error.problem)


async def _told(
    feed: Feed, params: PinduoduoMessages, further: ConnectionRef | None, numbers: Sequence[str], made: tuple[datetime, datetime]
) -> list[Delivery]:
    """The orders of one shop. A further shop whose token has ended keeps none of the others waiting: polling makes up for it."""
    headers: Mapping[str, str] = {_SHOP: further.connection} if further else {}
    try:
        return [Delivery(write_json(order), headers) for order in await _orders(feed, further or params.shop, numbers, made)]
    except NodeError as error:
        if further is None:
            raise
        feed.refused(error.problem)
        return []


def made_between(messages: Iterable[Delivery], now: datetime) -> tuple[datetime, datetime]:
    """When the first and the last of them were made, none after ``now``. One that waited for us, or comes again, was sent later than made:
    ``time`` and ``sendTime``, of which the earlier counts. A message that tells neither was made now.
    """
    made = [min((now, *_times(as_item(read_json(message.body))))) for message in messages]
    return min(made, default=now), max(made, default=now)


async def _orders(feed: Feed, shop: ConnectionRef, numbers: Sequence[str], made: tuple[datetime, datetime]) -> Sequence[Item]:
    """Whole orders as they are now. Of many, those that changed when the messages were made come with one call, a hundred at a time: the
    more is going on or has piled up, the fewer calls an order costs, and a platform that takes few calls is not flooded.
    """
    listed = await _listed(feed, shop, numbers, made) if len(numbers) > FEW else {}
    slots = asyncio.Semaphore(AT_ONCE)
    asked = await asyncio.gather(*(_whole(feed, shop, number, slots) for number in numbers if number not in listed))
    return [*listed.values(), *(one for one in asked if one is not None)]


async def _listed(feed: Feed, shop: ConnectionRef, numbers: Sequence[str], made: tuple[datetime, datetime]) -> dict[str, Item]:
    """Those that the list shows, newest first, as long as more than few are not among them. What has changed again since is not."""
    until = made[1] + _SECOND
    since, wanted = max(made[0] - _BEFORE, until - LONGEST), set(numbers)
    found: dict[str, Item] = {}
    for number in range(1, MOST_PAGES + 1):
        page = await ask(feed, shop, list_call(since, until, number), read_page)
        found |= {name: order for order in page.orders if (name := text_at(order, "order_sn")) in wanted}
        if len(wanted) - len(found) <= FEW or number * PAGE_SIZE >= page.total:
            break
    return {number: found[number] for number in numbers if number in found}


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


def _times(frame: Item) -> Iterable[datetime]:
    told = (frame.get(name) for name in ("time", "sendTime"))
    return (datetime.fromtimestamp(one / 1000, UTC) for one in told if isinstance(one, int) and 0 < one < _NEVER)


def _mall_and_content(message: Delivery) -> tuple[str | None, dict[str, Any]]:
    """Of a message about an order or a refund: the shop that it names, and its content, which is JSON inside a text."""
    inside = as_item(as_item(read_json(message.body)).get("message"))
    if not str(inside.get("type", "")).startswith(("pdd_trade_", "pdd_refund_")):
        return None, {}
    text = inside.get("content")
    try:
        content = as_item(read_json(text)) if isinstance(text, str) else {}
    except InputInvalid:
        content = {}
    return text_at(inside, "mallID") or text_at(content, "mall_id"), content
