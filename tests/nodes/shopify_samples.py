"""Orders of Shopify after the facts of the domain, whole or with a few fields changed."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from engine.errors import NodeError
from engine.json_text import read_json
from nodes.connector.shopify.canonical import shopify_order

DOMAIN = Path(__file__).parents[1] / "fixtures" / "domain"
ORDERS: dict[str, Any] = read_json((DOMAIN / "shopify_order.json").read_bytes())
MAPS: dict[str, Any] = read_json((DOMAIN / "canonical_mapping.json").read_bytes())["status_maps"]
VARIANTS = ("create", "partially_refunded", "cancelled", "test_order")


def order(sample: str = "create", /, **changes: Any) -> dict[str, Any]:
    return copy.deepcopy(ORDERS[sample]) | changes


def with_line(**changes: Any) -> dict[str, Any]:
    found = order()
    found["line_items"][0].update(changes)
    return found


def money(amount: object, currency: str, shown: object = None, shown_currency: str | None = None) -> dict[str, Any]:
    """A price set: shop money, and presentment money if it differs."""
    return {
        "shop_money": {"amount": amount, "currency_code": currency},
        "presentment_money": {"amount": amount if shown is None else shown, "currency_code": shown_currency or currency},
    }


def plain(currency: str, price: str, paid: str, **changes: Any) -> dict[str, Any]:
    """One piece at ``price``, nothing else, in another currency."""
    found = order(
        currency=currency,
        presentment_currency=currency,
        total_line_items_price=price,
        subtotal_price=price,
        total_discounts="0",
        total_tax="0",
        total_price=paid,
        current_total_price=paid,
        total_shipping_price_set=money("0", currency),
        total_price_set=money(paid, currency),
    )
    found["line_items"][0].update(price=price, quantity=1, current_quantity=1, discount_allocations=[])
    return found | changes


def code(payload: dict[str, Any]) -> str:
    with pytest.raises(NodeError) as caught:
        shopify_order(payload)
    return caught.value.problem.code
