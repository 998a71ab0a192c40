"""Which fields of a canonical order a mapping of rows can fill, and how the text of a cell becomes their value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from engine.sdk import (
    NodeError,
    clean_money,
    clean_name,
    clean_order_number,
    clean_phone,
    clean_sku,
    clean_text,
    clean_time,
    format_money,
    scale_of,
)
from nodes.transform.reading import exact

Unit = Literal["whole", "smallest"]
AMOUNTS: Final = ("items", "discount_seller", "discount_platform", "shipping", "tax", "paid")
TIMES: Final = (
    "created_at", "paid_at", "confirmed_at", "updated_at", "ship_by_at", "shipped_at", "completed_at", "cancelled_at",
)  # fmt: skip
NUMBERS: Final = ("channel_order_id", "display_no", "parent_channel_order_id")
RECEIVER: Final = ("name", "phone", "address", "country", "province", "city", "district", "town", "zip")
TEXTS: Final = (
    "shop_id", "status", "currency", "buyer.ref", "buyer.nick", "buyer.email", *(f"receiver.{name}" for name in RECEIVER), "note.buyer",
    "note.seller", "invoice.title", "invoice.tax_no", "logistics.carrier", "logistics.tracking_no",
)  # fmt: skip
ORDER_FIELDS: Final = (*NUMBERS, *TEXTS, *TIMES, *(f"amount.{name}" for name in AMOUNTS))
LINE_FIELDS: Final = ("channel_line_id", "sku_code", "platform_sku", "title", "spec", "qty", "unit_price", "paid_share")
_PIECES: Final = re.compile(r"([0-9]{1,9})(?:[^0-9.,].{0,3})?")
_CLEANERS: Final[Mapping[str, Callable[[str], str | None]]] = {
    "receiver.phone": clean_phone,
    "sku_code": clean_sku,
    "note.buyer": clean_text,
    "note.seller": clean_text,
}


def text_of(value: Any, field: str) -> str | None:
    """A cell as the text of a field; numbers of ids as spreadsheets leave them."""
    if value is None or isinstance(value, bool):
        return None
    if field in NUMBERS or field == "channel_line_id":
        return clean_order_number(value if isinstance(value, str) else str(value), path=field)
    return _CLEANERS.get(field, clean_name)(value if isinstance(value, str) else str(value))


def amount_of(value: Any, currency: str, unit: Unit, field: str) -> str | None:
    """``whole``: 12.50 yuan; ``smallest``: 1250 fen. Raises ``NodeError`` (``money.invalid``)."""
    if unit == "whole":
        return clean_money(value, currency, path=field)
    whole = clean_order_number(value if isinstance(value, str) else str(value), path=field) if value is not None else None
    if whole is None:
        return None
    try:
        return format_money(exact(whole, field).scaleb(-scale_of(currency)), currency, path=field)
    except NodeError:
        raise NodeError("money.invalid", path=field, currency=currency) from None


def quantity_of(value: Any) -> int:
    """2, "2.0", "２件". Raises ``NodeError`` (``order.wrong_type``)."""
    text = clean_order_number(value if isinstance(value, str) else str(value), path="qty") or ""
    found = _PIECES.fullmatch(text)
    if found is None:
        raise NodeError("order.wrong_type", path="qty", expected="whole number", found="text")
    return int(found[1])


def time_of(value: Any, zone: str, field: str) -> str | None:
    """Raises ``NodeError`` (``time.invalid``)."""
    return clean_time(value if isinstance(value, str) or value is None else str(value), zone, path=field)
