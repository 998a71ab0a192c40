"""Orders of one's own shop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import Field

from engine.sdk import RAW_ORDER, Arrival, ConnectionRef, Delivery, Example, HookParams, Item, OfType, replaces, trigger
from nodes.connector.arrivals import first_text, inside, item_of, raw_fields, text_at
from nodes.connector.own_shop.sign import verify
from nodes.connector.samples import form, sample

_PASSING: Final = ("cancelled", "canceled", "refunded", "closed", "closed_refunded")
_NO_REFUND: Final = (None, "none", "refused", "closed")
_DATA_FIELDS = """
order_no status payment_status created_at paid_at updated_at shipped_at completed_at cancelled_at currency amounts.items amounts.discount
amounts.shipping amounts.tax amounts.paid receiver.country receiver.province receiver.city lines[].line_no lines[].sku lines[].title
lines[].spec lines[].qty lines[].unit_price invoice.type
"""
RAW = {**raw_fields(("type", "timestamp")), **raw_fields(_DATA_FIELDS.split(), prefixes=("data.", ""))}


class OwnShopOrders(HookParams):
    shop: Annotated[ConnectionRef, OfType(("own_shop",))] = Field(
        title="Shop", description="The connection of the shop, with the secret that signs its webhooks."
    )


def verify_own_shop(delivery: Delivery, params: OwnShopOrders, connection: Mapping[str, Any], now: datetime) -> None:
    """Raises ``NodeError`` with ``signature.invalid``."""
    del params
    verify(delivery.body, delivery.headers, str(connection["secret"]), now)


_CREATED = {
    "type": "order.created",
    "timestamp": "2026-01-16T03:04:05Z",
    "data": {"order_no": "OWN-0001", "created_at": "2026-01-16T03:04:05Z"},
}
_CANCELLED = {"type": "order.cancelled", "data": {"order_no": "OWN-0001", "updated_at": "2026-01-16T04:00:00Z"}}


@trigger(
    "connector.own_shop_orders",
    version=1,
    label="Own shop orders",
    starts="hook",
    verify=verify_own_shop,
    emits=replaces(RAW, RAW_ORDER),
    form=form("own_shop", "data", part="order"),
    keeps_headers=("webhook-id",),
    icon="store",
    examples=(
        Example({"shop": {"connection": "own_shop"}}, [sample("own_shop")], {"out": [sample("own_shop")]}, title="A whole order"),
        Example(
            {"shop": {"connection": "own_shop"}},
            [_CREATED],
            {"out": [_CREATED]},
            headers={"webhook-id": "msg_fixture0001"},
            event={
                "channel": "own_shop",
                "shop_id": "own_shop",
                "order_id": "OWN-0001",
                "version": None,
                "delivery_id": "msg_fixture0001",
                "passes": False,
                "content": {"type": "order.created", "data": {"order_no": "OWN-0001", "created_at": "2026-01-16T03:04:05Z"}},
            },
            title="A new order",
        ),
        Example(
            {"shop": {"connection": "own_shop"}},
            [_CANCELLED],
            {"out": [_CANCELLED]},
            event={"version": "2026-01-16T04:00:00Z", "passes": True},
            title="A cancellation, which waits for nothing",
        ),
    ),
)
def own_shop_orders(delivery: Delivery, params: OwnShopOrders) -> Arrival:
    """Starts the flow with each order that one's own shop sends, signed as the Standard Webhooks specification says."""
    return order_arrival(delivery, params.shop.connection)


def order_arrival(delivery: Delivery, shop: str) -> Arrival:
    """An event or a bare order, pushed or fetched, of the shop."""
    item = item_of(delivery)
    data = inside(item, "data")
    kind = text_at(item, "type") or ""
    return Arrival(
        (item,),
        channel="own_shop",
        shop_id=shop,
        order_id=first_text(data, "order_no", "id"),
        version=text_at(data, "updated_at"),
        delivery_id=delivery.headers.get("webhook-id") or None,
        passes=_calls_off(kind, data),
        content={"type": item.get("type"), "data": data},
    )


def _calls_off(kind: str, data: Item) -> bool:
    """Whether a cancellation or any step of a refund is told, by the event, the order's state, or its refund."""
    if "refund" in kind or kind.rpartition(".")[2] in _PASSING:
        return True
    return text_at(data, "status") in _PASSING or text_at(data, "refund_status") not in _NO_REFUND
