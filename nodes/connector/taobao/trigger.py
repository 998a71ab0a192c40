"""Taobao orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, cast

from pydantic import Field

from engine.sdk import (
    RAW_ORDER,
    Arrival,
    ConnectionRef,
    Delivery,
    Example,
    HookParams,
    InputInvalid,
    Item,
    OfType,
    read_json,
    replaces,
    trigger,
)
from nodes.connector.arrivals import as_item, first_text, inside, item_of, raw_fields, text_at
from nodes.connector.samples import form, sample
from nodes.connector.taobao.fields import KNOWN
from nodes.connector.taobao.sign import verify

ENVELOPES: Final = ("trade_fullinfo_get_response", "trade_get_response", "trade")
_CLOSED: Final = ("TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO")
_NO_REFUND: Final = (None, "NO_REFUND", "CLOSED", "SELLER_REFUSE_BUYER")
_PUSH_FIELDS = ("id", "topic", "pub_time", "user_nick", "trade_fullinfo_get_response.request_id")
_TRADE_FIELDS = """
tid tid_str title type status seller_nick created pay_time modified consign_time end_time total_fee discount_fee adjust_fee post_fee
payment received_payment num shipping_type step_trade_status step_paid_fee receiver_country receiver_state receiver_city trade_from
is_part_consign top_hold forbid_consign est_con_time send_time
"""
_LINE_FIELDS = """
oid oid_str num_iid title sku_id sku_properties_name outer_iid outer_sku_id num price total_fee payment discount_fee adjust_fee
divide_order_fee part_mjz_discount status refund_status refund_id cid store_code consign_time bind_oid bind_oids is_oversold
"""
_LINES = tuple(f"{lines}.{name}" for lines in ("orders.order[]", "orders.order") for name in _LINE_FIELDS.split())
RAW = {
    **raw_fields(_PUSH_FIELDS),
    **raw_fields((*_TRADE_FIELDS.split(), *_LINES), prefixes=("", "trade.", "trade_fullinfo_get_response.trade.")),
}


class TaobaoOrders(HookParams):
    shop: Annotated[ConnectionRef, OfType(("taobao",))] = Field(
        title="Shop", description="The connection of the shop, with the secret that signs what Taobao pushes."
    )


def verify_taobao(delivery: Delivery, params: TaobaoOrders, connection: Mapping[str, Any], now: datetime) -> None:
    """Raises ``NodeError`` with ``signature.invalid``."""
    del params
    verify(delivery.query, delivery.body, delivery.headers, str(connection["secret"]), now)


_TRADE = {"tid": 4012600000000000010, "tid_str": "4012600000000000010", "seller_nick": "示例家居旗舰店", "modified": "2026-01-16 00:02:03"}
_PUSH = {
    "id": 5160000000000000009, "topic": "taobao_trade_TradeLogisticsAddressChanged", "pub_time": "2026-01-16 09:20:00",
    "content": '{"tid":4012600000000000010}',
}  # fmt: skip


@trigger(
    "connector.taobao_orders",
    version=1,
    label="Taobao orders",
    starts="hook",
    verify=verify_taobao,
    emits=replaces(RAW, RAW_ORDER),
    form=form("taobao", *ENVELOPES, part="trade", known=KNOWN, others=("topic", "content")),
    icon="shopping-cart",
    examples=(
        Example({"shop": {"connection": "taobao"}}, [sample("taobao")], {"out": [sample("taobao")]}, title="A whole order"),
        Example(
            {"shop": {"connection": "taobao"}},
            [{"trade_fullinfo_get_response": {"trade": _TRADE}}],
            {"out": [{"trade_fullinfo_get_response": {"trade": _TRADE}}]},
            event={
                "channel": "taobao",
                "shop_id": "示例家居旗舰店",
                "order_id": "4012600000000000010",
                "version": "2026-01-16 00:02:03",
                "passes": False,
            },
            title="A whole trade",
        ),
        Example(
            {"shop": {"connection": "taobao"}},
            [_PUSH],
            {"out": [_PUSH]},
            event={
                "shop_id": "taobao",
                "order_id": "4012600000000000010",
                "version": "push-5160000000000000009",
                "delivery_id": "5160000000000000009",
            },
            title="A push message, which only names the trade",
        ),
    ),
)
def taobao_orders(delivery: Delivery, params: TaobaoOrders) -> Arrival:
    """Starts the flow with each trade or push message that Taobao sends, once for each version of the trade."""
    item = item_of(delivery)
    if _is_push(item):
        return _push(item, params)
    return trade_arrival(item, params.shop.connection)


def trade_arrival(item: Item, shop: str) -> Arrival:
    """A whole trade, pushed or fetched. ``shop`` stands in where the trade names none."""
    trade = inside(item, *ENVELOPES)
    return Arrival(
        (item,),
        channel="taobao",
        shop_id=text_at(trade, "seller_nick") or shop,
        order_id=first_text(trade, "tid_str", "tid"),
        version=text_at(trade, "modified"),
        passes=trade.get("status") in _CLOSED or any(line.get("refund_status") not in _NO_REFUND for line in lines_of(trade)),
        content=trade,
    )


def named_in(item: Item) -> str | None:
    """The trade that a push message names; ``None`` for anything that is no such message."""
    return first_text(_content(item["content"]), "tid_str", "tid") if _is_push(item) else None


def _is_push(item: Item) -> bool:
    return "topic" in item and "content" in item


def _push(item: Item, params: TaobaoOrders) -> Arrival:
    """A push message is known by its own id: repeated ones may differ in their other fields, and some lack the shop's name.

    One that names the shop stands in line with the whole trades of that shop.
    """
    content, topic, message = _content(item["content"]), text_at(item, "topic") or "", text_at(item, "id")
    return Arrival(
        (item,),
        channel="taobao",
        shop_id=text_at(content, "seller_nick") or text_at(item, "user_nick") or params.shop.connection,
        order_id=first_text(content, "tid_str", "tid"),
        version=f"push-{message}" if message else None,
        delivery_id=message,
        passes=topic.startswith("taobao_refund_") or topic.endswith("Close"),
        content={"id": message} if message else None,
    )


def _content(value: Any) -> Item:
    """The message's content, which is JSON inside a text."""
    if not isinstance(value, str):
        return as_item(value)
    try:
        return as_item(read_json(value))
    except InputInvalid:
        return {}


def lines_of(trade: Item) -> Iterator[Item]:
    """The sub-orders: ``orders.order`` may be an object instead of a list."""
    found: Any = inside(trade, "orders").get("order") if isinstance(trade.get("orders"), dict) else None
    for line in cast("list[Any]", found) if isinstance(found, list) else [found]:
        if isinstance(line, dict):
            yield cast("Item", line)
