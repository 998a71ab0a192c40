"""The canonical order, and the pure functions by which orders are read, cleansed and judged."""

from __future__ import annotations

from engine.order.ahead import version_for
from engine.order.assembly import (
    Order,
    amounts,
    finish,
    hold_amount_mismatch,
    hold_missing_address,
    hold_refund_in_progress,
    hold_unmapped_skus,
    money_text,
    receiver,
)
from engine.order.cleanse import (
    clean_money,
    clean_name,
    clean_order_number,
    clean_phone,
    clean_sku,
    clean_text,
    clean_time,
    half_width_numbers,
)
from engine.order.field_kinds import FieldKind, field_kinds
from engine.order.model import CanonicalOrder
from engine.order.money import allocate, format_money, parse_money, round_money, scale_of, sum_money
from engine.order.reading import Findings, Source
from engine.order.statuses import OVER, HoldReason, OrderStatus, hold_reasons_of, may_ship, overall_refund
from engine.order.time import instant, to_utc, utc_text, zone_of
from engine.order.together import MERGE_WAIT, Obstacle, apart, parcel_key

__all__ = [
    "MERGE_WAIT",
    "OVER",
    "CanonicalOrder",
    "FieldKind",
    "Findings",
    "HoldReason",
    "Obstacle",
    "Order",
    "OrderStatus",
    "Source",
    "allocate",
    "amounts",
    "apart",
    "clean_money",
    "clean_name",
    "clean_order_number",
    "clean_phone",
    "clean_sku",
    "clean_text",
    "clean_time",
    "field_kinds",
    "finish",
    "format_money",
    "half_width_numbers",
    "hold_amount_mismatch",
    "hold_missing_address",
    "hold_reasons_of",
    "hold_refund_in_progress",
    "hold_unmapped_skus",
    "instant",
    "may_ship",
    "money_text",
    "overall_refund",
    "parcel_key",
    "parse_money",
    "receiver",
    "round_money",
    "scale_of",
    "sum_money",
    "to_utc",
    "utc_text",
    "version_for",
    "zone_of",
]  # fmt: skip
