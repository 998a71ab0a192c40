"""WooCommerce orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import Field

from engine.sdk import RAW_ORDER, Arrival, ConnectionRef, Delivery, Example, HookParams, Item, OfType, replaces, trigger
from nodes.connector.arrivals import item_of, raw_fields, text_at
from nodes.connector.samples import form, sample
from nodes.connector.woocommerce.sign import HEADER, is_trial, verify
from nodes.connector.woocommerce.status import CALLED_OFF

SOURCE: Final = "x-wc-webhook-source"
_DELIVERY_IDS: Final = ("x-wc-webhook-delivery-id", "x-wc-delivery-id")
_ORDER_FIELDS = """
id parent_id number created_via version status currency date_created date_created_gmt date_modified date_modified_gmt date_paid
date_paid_gmt date_completed date_completed_gmt discount_total discount_tax shipping_total shipping_tax cart_tax total total_tax
prices_include_tax payment_method payment_method_title shipping.country shipping.state shipping.city shipping_lines[].method_id
shipping_lines[].method_title shipping_lines[].total refunds[].id refunds[].total coupon_lines[].discount fee_lines[].total
is_editable needs_payment needs_processing currency_symbol
"""
_LINE_FIELDS = "id name product_id variation_id quantity tax_class subtotal subtotal_tax total total_tax sku price"
RAW = raw_fields((*_ORDER_FIELDS.split(), *(f"line_items[].{name}" for name in _LINE_FIELDS.split())))


class WooCommerceOrders(HookParams):
    shop: Annotated[ConnectionRef, OfType(("woocommerce",))] = Field(
        title="Shop", description="The connection of the shop, with the secret that signs its webhooks."
    )


def verify_woocommerce(delivery: Delivery, params: WooCommerceOrders, connection: Mapping[str, Any], now: datetime) -> None:
    """The call that tries a new webhook is not signed and is let through. Raises ``NodeError`` with ``signature.invalid``."""
    del params, now
    if HEADER in delivery.headers or not is_trial(delivery.body):
        verify(delivery.body, delivery.headers, str(connection["secret"]))


_ORDER: Item = {"id": 727001, "status": "processing", "date_modified_gmt": "2026-01-16T02:00:05", "refunds": []}
_HEADERS = {SOURCE: "https://shop.example.invalid/", "x-wc-webhook-topic": "order.created", _DELIVERY_IDS[0]: "fixturedelivery"}


@trigger(
    "connector.woocommerce_orders",
    version=1,
    label="WooCommerce orders",
    starts="hook",
    verify=verify_woocommerce,
    emits=replaces(RAW, RAW_ORDER),
    form=form("woocommerce"),
    keeps_headers=(SOURCE, "x-wc-webhook-topic", HEADER, *_DELIVERY_IDS),
    icon="shopping-bag",
    examples=(
        Example({"shop": {"connection": "woocommerce"}}, [sample("woocommerce")], {"out": [sample("woocommerce")]}, title="A whole order"),
        Example(
            {"shop": {"connection": "woocommerce"}},
            [_ORDER],
            {"out": [_ORDER]},
            headers=_HEADERS,
            event={
                "channel": "woocommerce",
                "shop_id": "https://shop.example.invalid/",
                "order_id": "727001",
                "version": "2026-01-16T02:00:05",
                "delivery_id": "fixturedelivery",
                "passes": False,
            },
            title="A new order",
        ),
        Example(
            {"shop": {"connection": "woocommerce"}},
            [{**_ORDER, "status": "cancelled"}],
            {"out": [{**_ORDER, "status": "cancelled"}]},
            event={"passes": True},
            title="A cancellation, which waits for nothing",
        ),
    ),
)
def woocommerce_orders(delivery: Delivery, params: WooCommerceOrders) -> Arrival:
    """Starts the flow with each order that the WooCommerce shop sends by webhook, once for each version of the order.

    The call with which WooCommerce tries a new webhook is answered, and starts the flow with nothing.
    """
    if HEADER not in delivery.headers and is_trial(delivery.body):
        return Arrival((), channel="woocommerce", shop_id=params.shop.connection, content={"trial": True})
    return order_arrival(delivery, params.shop.connection)


def order_arrival(delivery: Delivery, shop: str) -> Arrival:
    """An order, pushed or fetched. ``shop`` stands in where the delivery does not name it. Of a deleted order only its id is told."""
    order = item_of(delivery)
    return Arrival(
        (order,),
        channel="woocommerce",
        shop_id=delivery.headers.get(SOURCE) or shop,
        order_id=text_at(order, "id"),
        version=text_at(order, "date_modified_gmt"),
        delivery_id=next((found for name in _DELIVERY_IDS if (found := delivery.headers.get(name))), None),
        passes=delivery.headers.get("x-wc-webhook-topic") == "order.deleted"
        or text_at(order, "status") in CALLED_OFF
        or bool(order.get("refunds")),
        content={name: value for name, value in order.items() if name != "_links"},
    )
