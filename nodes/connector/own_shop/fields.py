"""The fields of the own shop's contract, so that any other is noticed as drift."""

from __future__ import annotations

ENVELOPE_FIELDS = frozenset({"type", "timestamp", "data", "id"})
_ORDER_FIELDS = """
amounts buyer cancelled_at completed_at confirmed_at created_at currency delivered_at display_no invoice ip ip_address lines
logistics note order_no paid_at parent_order_no receiver refund_status seller_note ship_by_at shipped_at shop_id status
updated_at user_agent
"""
ORDER_FIELDS = frozenset(_ORDER_FIELDS.split())
"""The network fields are known and never taken over."""

AMOUNT_FIELDS = frozenset({"items", "discount", "discount_platform", "shipping", "tax", "paid", "refunded"})
ADDRESS_FIELDS = frozenset({"name", "phone", "country", "province", "city", "district", "town", "address", "zip"})
LINE_FIELDS = frozenset({"line_no", "sku", "title", "spec", "qty", "unit_price", "paid", "refund_status", "status", "is_gift"})
