"""Shopify orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from engine.sdk import RAW_ORDER, Arrival, ConnectionRef, Delivery, Example, HookParams, Item, OfType, replaces, trigger
from nodes.connector.arrivals import inside, item_of, raw_fields, text_at
from nodes.connector.samples import form, sample
from nodes.connector.shopify.sign import verify

DOMAIN = "x-shopify-shop-domain"
_MONEY_BACK = ("refunded", "partially_refunded", "voided")
_ORDER_FIELDS = """
id admin_graphql_api_id name order_number number confirmation_number confirmed test created_at processed_at updated_at cancelled_at
cancel_reason closed_at currency presentment_currency financial_status fulfillment_status taxes_included source_name
payment_gateway_names[] fulfillments[].id fulfillments[].status fulfillments[].created_at refunds[].id refunds[].created_at
shipping_lines[].code shipping_lines[].title shipping_lines[].price total_line_items_price subtotal_price total_discounts total_tax
total_price total_weight total_outstanding current_total_price current_subtotal_price current_total_discounts current_total_tax
total_shipping_price_set.* total_price_set.* subtotal_price_set.* total_discounts_set.* total_tax_set.* current_total_price_set.*
"""
_LINE_FIELDS = """
id variant_id product_id sku title variant_title name vendor quantity current_quantity fulfillable_quantity grams price total_discount
requires_shipping taxable gift_card fulfillment_service fulfillment_status
"""
RAW = raw_fields((*_ORDER_FIELDS.split(), *(f"line_items[].{name}" for name in _LINE_FIELDS.split())), prefixes=("", "order."))


class ShopifyOrders(HookParams):
    shop: Annotated[ConnectionRef, OfType(("shopify",))] = Field(
        title="Shop", description="The connection of the shop, with the secret that signs its webhooks."
    )


def verify_shopify(delivery: Delivery, params: ShopifyOrders, connection: Mapping[str, Any], now: datetime) -> None:
    """Raises ``NodeError`` with ``signature.invalid``."""
    del params, now
    verify(delivery.body, delivery.headers, str(connection["secret"]))


_ORDER: Item = {"id": 6100000000001, "name": "#1001", "updated_at": "2026-01-15T19:30:05-05:00", "cancelled_at": None, "refunds": []}
_HEADERS = {DOMAIN: "fixture.myshopify.com", "x-shopify-webhook-id": "11111111-1111-4111-8111-111111111111"}


@trigger(
    "connector.shopify_orders",
    version=1,
    label="Shopify orders",
    starts="hook",
    verify=verify_shopify,
    emits=replaces(RAW, RAW_ORDER),
    form=form("shopify", "order"),
    keeps_headers=(DOMAIN, "x-shopify-webhook-id", "x-shopify-topic"),
    icon="shopping-bag",
    examples=(
        Example({"shop": {"connection": "shopify"}}, [sample("shopify")], {"out": [sample("shopify")]}, title="A whole order"),
        Example(
            {"shop": {"connection": "shopify"}},
            [_ORDER],
            {"out": [_ORDER]},
            headers=_HEADERS,
            event={
                "channel": "shopify",
                "shop_id": "fixture.myshopify.com",
                "order_id": "6100000000001",
                "version": "2026-01-15T19:30:05-05:00",
                "delivery_id": "11111111-1111-4111-8111-111111111111",
                "passes": False,
            },
            title="A new order",
        ),
        Example(
            {"shop": {"connection": "shopify"}},
            [{**_ORDER, "cancelled_at": "2026-01-15T20:00:00-05:00"}],
            {"out": [{**_ORDER, "cancelled_at": "2026-01-15T20:00:00-05:00"}]},
            event={"passes": True},
            title="A cancellation, which waits for nothing",
        ),
    ),
)
def shopify_orders(delivery: Delivery, params: ShopifyOrders) -> Arrival:
    """Starts the flow with each order that the Shopify shop sends by webhook, once for each version of the order."""
    return order_arrival(delivery, params.shop.connection)


def order_arrival(delivery: Delivery, shop: str) -> Arrival:
    """An order, pushed or fetched. ``shop`` stands in where the delivery does not name it."""
    item = item_of(delivery)
    order = inside(item, "order")
    return Arrival(
        (item,),
        channel="shopify",
        shop_id=delivery.headers.get(DOMAIN) or shop,
        order_id=text_at(order, "id"),
        version=text_at(order, "updated_at"),
        delivery_id=delivery.headers.get("x-shopify-webhook-id") or None,
        passes=bool(order.get("cancelled_at") or order.get("refunds")) or text_at(order, "financial_status") in _MONEY_BACK,
    )
