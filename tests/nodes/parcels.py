"""Orders for the tests of merging, splitting and gifts. All people are invented."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from engine.node.types import NodeType
from engine.sdk import Made

RECEIVER = {
    "name": "测试乙",
    "phone": "19900000505",
    "province": "广东省",
    "city": "深圳市",
    "district": "南山区",
    "address": "示例大道5号",
}
AMOUNTS = ("items", "discount_seller", "discount_platform", "shipping", "tax", "paid")


def line(number: str, sku: str, qty: int = 1, price: str = "10.00", share: str | None = None, **more: Any) -> dict[str, Any]:
    paid = f"{Decimal(price) * qty:.2f}" if share is None else share
    return {"channel_line_id": number, "sku_code": sku, "qty": qty, "unit_price": price, "paid_share": paid, **more}


def order(number: str = "A1", *lines: dict[str, Any], shipping: str = "0.00", tax: str = "0.00", **more: Any) -> dict[str, Any]:
    """One whose amounts add up: what the lines cost, less what they were given off, plus shipping and tax."""
    own = [*lines] or [line("1", "SOAP")]
    items = sum((Decimal(one["unit_price"]) * one["qty"] for one in own), Decimal(0))
    off = items - sum((Decimal(one["paid_share"]) for one in own), Decimal(0))
    paid = items - off + Decimal(shipping) + Decimal(tax)
    amount = {"items": items, "discount_seller": off, "discount_platform": Decimal(0), "paid": paid}
    return {
        "channel": "own_shop",
        "shop_id": "s1",
        "channel_order_id": number,
        "display_no": number,
        "version": "2026-01-16T03:04:05Z",
        "status": "awaiting_fulfillment",
        "payment_status": "paid",
        "refund_status": "none",
        "paid_at": "2026-01-16T03:04:05Z",
        "created_at": "2026-01-16T03:00:00Z",
        "currency": "CNY",
        "amount": {**{name: f"{value:.2f}" for name, value in amount.items()}, "shipping": shipping, "tax": tax},
        "buyer": {"ref": "u1"},
        "receiver": RECEIVER,
        "lines": own,
        "note": {"buyer": None, "seller": None},
        "invoice": {"title": None, "tax_no": None},
        "hold_reasons": [],
        **more,
    }


def batch(node: NodeType, orders: Sequence[dict[str, Any]], **params: Any) -> list[Made]:
    return list(node.function(orders, node.params.model_validate(params)))


def sent(node: NodeType, item: dict[str, Any], **params: Any) -> list[tuple[str, dict[str, Any]]]:
    return list(node.function(item, node.params.model_validate(params)))


def amount(item: dict[str, Any], name: str) -> Decimal:
    return Decimal(item["amount"][name])


def adds_up(item: dict[str, Any]) -> bool:
    of = {name: amount(item, name) for name in AMOUNTS}
    return of["items"] - of["discount_seller"] - of["discount_platform"] + of["shipping"] + of["tax"] == of["paid"]
