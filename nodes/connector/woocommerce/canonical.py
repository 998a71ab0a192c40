"""A WooCommerce order (REST API v3, webhooks) as a canonical order. Pure."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any, Final

from engine.sdk import (
    Findings,
    NodeError,
    Order,
    Source,
    amounts,
    digest,
    finish,
    hold_missing_address,
    hold_refund_in_progress,
    hold_unmapped_skus,
    money_text,
    receiver,
    round_money,
)
from nodes.connector.woocommerce.amounts import is_free, line_subtotal, order_amounts, paid_share
from nodes.connector.woocommerce.fields import ADDRESS_FIELDS, LINE_FIELDS, ORDER_FIELDS
from nodes.connector.woocommerce.status import ZONE, order_status, payment_status, refund_status, refunded
from nodes.connector.woocommerce.tracking import tracking_of

_ATTRIBUTE: Final = "pa_"


def woocommerce_order(payload: dict[str, Any]) -> Order:
    """The canonical order of an order. The buyer's network address and browser are not taken over.

    Raises ``NodeError``: ``order.missing_field``, ``order.wrong_type``, ``order.error_response``, ``order.thin_message`` (a deleted
    order, of which only the id is told), ``money.invalid``, ``currency.invalid``, ``time.invalid``.
    """
    order = Source(_order_of(payload), Findings())
    number = order.required("id")
    lines = order.children("line_items")
    if not lines:
        raise order.missing("line_items")
    order.expect(ORDER_FIELDS)
    currency = (order.text("currency") or "").strip().upper()
    if not currency:
        raise order.missing("currency")
    return finish(_order(order, number, lines, currency), order.findings, payload)


def _order_of(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    if "code" in payload and "message" in payload and "id" not in payload:
        raise NodeError("order.error_response", error=str(payload["code"])[:80])
    if not payload.keys() - {"id", "_links"} and "id" in payload:
        raise NodeError("order.thin_message")
    return payload


def _order(order: Source, number: str, lines: list[Source], currency: str) -> Order:
    findings = order.findings
    status = order_status(order)
    money = order_amounts(order, lines, currency)
    payment = payment_status(order, status, refunded(order, currency), money.paid)
    refund = refund_status(order, status)
    canonical_lines = [_line(line, currency, status) for line in lines]
    hold_unmapped_skus(canonical_lines, findings)
    status = hold_refund_in_progress(status, [(refund, status)], findings)
    billing = order.child("billing")
    carrier, tracking_no = tracking_of(order)
    canonical = {
        "order_id": None,
        "channel": "woocommerce",
        "shop_id": None,
        "channel_order_id": number,
        "display_no": order.identifier("number") or number,
        "parent_channel_order_id": _unless_zero(order.identifier("parent_id")),
        "status": status,
        "payment_status": payment,
        "refund_status": refund,
        **_times(order, payment),
        "currency": currency,
        "amount": amounts(currency, **vars(money)),
        "presentment": None,
        "buyer": {"ref": _buyer(order, billing), "nick": None, "email": billing.text("email")},
        "receiver": _receiver(order, billing),
        "lines": canonical_lines,
        "note": {"buyer": order.text("customer_note"), "seller": None, "flag": None},
        "invoice": {"title": billing.text("company"), "tax_no": None},
        "logistics": {"carrier": carrier, "tracking_no": tracking_no},
    }
    if order.raw("needs_processing") is not False:
        hold_missing_address(canonical, findings)
    return canonical


def _line(line: Source, currency: str, status: str) -> dict[str, Any]:
    line.expect(LINE_FIELDS)
    quantity, subtotal = line.quantity("quantity"), line_subtotal(line, currency)
    return {
        "channel_line_id": line.required("id"),
        "sku_code": line.text("sku"),
        "title": _plain(line.text("name")),
        "spec": _spec(line),
        "qty": quantity,
        "unit_price": money_text(round_money(subtotal / quantity, currency) if quantity else subtotal, currency),
        "paid_share": money_text(paid_share(line, currency), currency),
        "refund_status": "succeeded" if status == "closed_refunded" else "none",
        "status": status,
        "is_gift": is_free(line),
    }


def _spec(line: Source) -> str | None:
    """The values of the shop's own attributes, such as colour and size; what a buyer may write himself is left out."""
    found = [
        _plain(one.text("display_value", "value")) or ""
        for one in line.children("meta_data")
        if str(one.raw("key") or "").startswith(_ATTRIBUTE) and isinstance(one.raw("value"), str)
    ]
    return ", ".join(value for value in found if value) or None


def _plain(text: str | None) -> str | None:
    """Names are stored as HTML: entities are read once."""
    return None if text is None else html.unescape(text)


def _times(order: Source, payment: str) -> dict[str, str | None]:
    paid = order.time("date_paid_gmt", ZONE, "paid_at") if payment != "unpaid" else None
    return {
        "created_at": order.time("date_created_gmt", ZONE, "created_at"),
        "paid_at": paid,
        "confirmed_at": order.time("date_paid_gmt", ZONE, "confirmed_at") if paid else None,
        "updated_at": order.time("date_modified_gmt", ZONE, "updated_at"),
        "ship_by_at": None,
        "shipped_at": None,
        "completed_at": order.time("date_completed_gmt", ZONE, "completed_at"),
        "cancelled_at": None,
    }


def _buyer(order: Source, billing: Source) -> str | None:
    """A guest has the customer number 0, and is known by his address alone, of which a digest is kept."""
    known, email = _unless_zero(order.identifier("customer_id")), billing.text("email")
    return known or (digest(email.strip().lower()) if email else None)


def _receiver(order: Source, billing: Source) -> dict[str, str | None]:
    to = order.child("shipping")
    to.expect(ADDRESS_FIELDS)
    return receiver(
        name=_joined(to, "first_name", "last_name"), phone=to.text("phone") or billing.text("phone"),
        address=_joined(to, "address_1", "address_2"), country=to.text("country"), province=to.text("state"), city=to.text("city"),
        zip=to.text("postcode"),
    )  # fmt: skip


def _joined(source: Source, *keys: str) -> str | None:
    return " ".join(part for key in keys if (part := source.text(key))) or None


def _unless_zero(value: str | None) -> str | None:
    return None if value == "0" else value
