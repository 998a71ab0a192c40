"""The canonical order: one form for the orders of all channels.

In JSON every key is present; what a channel does not tell is ``null`` (an empty list for lists). Money is decimal text with
the scale of ``currency``, times are UTC text such as ``2026-01-15T15:58:12Z``, ids are text. Extra fields that a flow adds pass.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.order.statuses import HoldReason, OrderStatus, PaymentStatus, RefundStatus
from engine.privacy.classes import DataClass, FieldClass, Kind

_PUBLIC, _INTERNAL = FieldClass(DataClass.PUBLIC), FieldClass(DataClass.INTERNAL)
_CONFIDENTIAL, _RESTRICTED = FieldClass(DataClass.CONFIDENTIAL), FieldClass(DataClass.RESTRICTED)

Internal = Annotated[str | None, _INTERNAL]
Confidential = Annotated[str | None, _CONFIDENTIAL]
Amount = Annotated[Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$")] | None, _INTERNAL]
Utc = Annotated[Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")] | None, _INTERNAL]
Name = Annotated[str | None, FieldClass(DataClass.RESTRICTED, Kind.NAME)]
Phone = Annotated[str | None, FieldClass(DataClass.RESTRICTED, Kind.PHONE)]
Address = Annotated[str | None, FieldClass(DataClass.RESTRICTED, Kind.ADDRESS)]
Email = Annotated[str | None, FieldClass(DataClass.RESTRICTED, Kind.EMAIL)]
FreeText = Annotated[str | None, FieldClass(DataClass.CONFIDENTIAL, Kind.TEXT)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", defer_build=True)


class Amounts(_Part):
    """What the channel charged. Goods less both discounts, plus shipping and tax, is what was paid (tax-free where prices hold it)."""

    items: Amount = None
    discount_seller: Amount = None
    discount_platform: Amount = None
    shipping: Amount = None
    tax: Amount = None
    paid: Amount = None


class Presentment(_Part):
    """What the buyer saw, where that was another currency than the one of the accounts."""

    currency: Annotated[str | None, _PUBLIC] = None
    paid: Amount = None


class Buyer(_Part):
    ref: Confidential = None
    """The channel's pseudonymous id, which is still personal information."""
    nick: Annotated[str | None, FieldClass(DataClass.CONFIDENTIAL, Kind.NAME)] = None
    email: Email = None


class Receiver(_Part):
    name: Name = None
    phone: Phone = None
    address: Address = None
    country: Internal = None
    province: Internal = None
    city: Internal = None
    district: Confidential = None
    town: Confidential = None
    zip: Confidential = None
    name_mask: Internal = None
    phone_mask: Internal = None
    address_mask: Internal = None
    phone_bidx: Confidential = None
    """Blind index: a keyed hash (hex, 16 digits) for search and merging; computed where the key is, never by a mapping."""
    address_bidx: Confidential = None
    token: Annotated[str | None, _RESTRICTED] = None
    """The channel's handle for decryption. It may differ by shop, app and week for one receiver: never merge by it alone."""


class Line(_Part):
    channel_line_id: Internal = None
    sku_code: Internal = None
    title: Annotated[str | None, _PUBLIC] = None
    spec: Annotated[str | None, _PUBLIC] = None
    qty: Annotated[int, Field(ge=0), _INTERNAL]
    unit_price: Amount = None
    paid_share: Amount = None
    """What was paid for this line after all discounts, without shipping."""
    refund_status: Annotated[RefundStatus, _INTERNAL] = "none"
    status: Annotated[OrderStatus, _INTERNAL]
    is_gift: Annotated[bool, _INTERNAL] = False


class Note(_Part):
    buyer: FreeText = None
    seller: FreeText = None
    flag: Confidential = None


class Invoice(_Part):
    title: Annotated[str | None, FieldClass(DataClass.RESTRICTED, Kind.NAME)] = None
    tax_no: Annotated[str | None, _RESTRICTED] = None


class Logistics(_Part):
    """The first parcel."""

    carrier: Confidential = None
    tracking_no: Confidential = None


class TimeSource(_Part):
    """What the source wrote, and the zone in which it was read."""

    text: Annotated[str, _INTERNAL]
    zone: Annotated[str, _INTERNAL]


class DriftNote(_Part):
    """A place where the source differs from what its channel documents. Each place and kind is noted once."""

    path: Annotated[str, FieldClass(DataClass.CONFIDENTIAL, Kind.PATH)]
    """Where, by the keys of the source, which may be data themselves."""
    kind: Annotated[Literal["unknown_field", "type", "unmapped_value", "missing", "unreadable", "pattern", "differs"], _INTERNAL]
    found: FreeText = None
    """The JSON type found, or the unmapped code word."""


class CanonicalOrder(_Part):
    order_id: Internal = None
    channel: Annotated[str, _INTERNAL]
    shop_id: Internal = None
    channel_order_id: Annotated[str, Field(min_length=1), _INTERNAL]
    display_no: Internal = None
    parent_channel_order_id: Internal = None
    status: Annotated[OrderStatus, _INTERNAL]
    payment_status: Annotated[PaymentStatus, _INTERNAL]
    refund_status: Annotated[RefundStatus, _INTERNAL] = "none"
    created_at: Utc = None
    paid_at: Utc = None
    confirmed_at: Utc = None
    """Start of the response clock."""
    updated_at: Utc = None
    ship_by_at: Utc = None
    shipped_at: Utc = None
    completed_at: Utc = None
    cancelled_at: Utc = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$"), _PUBLIC]
    amount: Amounts
    presentment: Presentment | None = None
    buyer: Buyer
    receiver: Receiver
    lines: list[Line]
    note: Note
    invoice: Invoice
    logistics: Logistics
    hold_reasons: Annotated[list[HoldReason], _INTERNAL] = Field(default_factory=list[HoldReason])
    """The status says what the channel says; these are the reasons why the order must not ship all the same."""
    time_sources: dict[str, TimeSource] = Field(default_factory=dict[str, TimeSource])
    drift: list[DriftNote] = Field(default_factory=list[DriftNote])
    version: Annotated[str, _INTERNAL]
    """``updated_at``, or a digest of the source where the channel gives none."""
