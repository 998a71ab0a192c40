"""An order of a shop of one's own as a canonical order. Pure.

    {"type": "order.created", "timestamp": "2026-01-16T03:04:05Z", "data": {"order_no": "OWN-0001", "amounts": {…}, "lines": […], …}}

or the ``data`` object alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from engine.sdk import (
    Findings,
    NodeError,
    Order,
    Source,
    allocate,
    amounts,
    finish,
    hold_amount_mismatch,
    hold_missing_address,
    hold_refund_in_progress,
    hold_unmapped_skus,
    money_text,
    receiver,
    sum_money,
)
from nodes.connector.own_shop.fields import ADDRESS_FIELDS, AMOUNT_FIELDS, ENVELOPE_FIELDS, LINE_FIELDS, ORDER_FIELDS
from nodes.connector.own_shop.status import line_refund, line_status, order_status, payment_status, refund_status

ZONE = "UTC"
"""Times come with ``Z`` or an offset; one without is read as UTC, and the zone is kept beside it."""

_ZERO = Decimal(0)


def own_shop_order(payload: dict[str, Any]) -> Order:
    """The canonical order of an event or of a bare order. Raises ``NodeError``: ``order.missing_field``, ``order.wrong_type``,
    ``order.error_response``, ``money.invalid``, ``currency.invalid``, ``time.invalid``.
    """
    findings = Findings()
    data, envelope = _data_of(payload), Source(payload, findings)
    event = envelope.text("type") if data is not payload else None
    order = Source(data, findings, "data" if data is not payload else "")
    order_no = order.required("order_no")
    lines = order.children("lines")
    if not lines:
        raise order.missing("lines")
    if data is not payload:
        envelope.expect(ENVELOPE_FIELDS)
        if event is None:
            event = ""
    _expect(order)
    return finish(_order(order, order_no, lines, event, envelope), findings, payload)


def _data_of(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(data := payload.get("data"), dict):
        return cast("dict[str, Any]", data)
    if "error" in payload and "order_no" not in payload:
        raise NodeError("order.error_response", error="error")
    return payload


def _expect(order: Source) -> None:
    order.expect(ORDER_FIELDS)
    order.child("amounts").expect(AMOUNT_FIELDS)
    order.child("receiver").expect(ADDRESS_FIELDS)


def _order(order: Source, order_no: str, lines: list[Source], event: str | None, envelope: Source) -> Order:
    findings, currency = order.findings, (order.text("currency") or "").strip().upper()
    if not currency:
        raise order.missing("currency")
    status = order_status(order, event)
    payment = payment_status(order, status, event, [line_refund(line) for line in lines])
    refund = refund_status(order, status, event, lines)
    if status == "paid_hold":
        findings.hold("platform_hold")
    canonical_lines, money = _priced(order, lines, currency, status, payment)
    status = hold_refund_in_progress(
        status, [(refund, status), *((one["refund_status"], one["status"]) for one in canonical_lines)], findings
    )
    hold_unmapped_skus(canonical_lines, findings)
    buyer = order.child("buyer")
    canonical = {
        "order_id": None,
        "channel": "own_shop",
        "shop_id": order.identifier("shop_id"),
        "channel_order_id": order_no,
        "display_no": order.text("display_no") or order_no,
        "parent_channel_order_id": order.identifier("parent_order_no"),
        "status": status,
        "payment_status": payment,
        "refund_status": refund,
        **_times(order, envelope, status, event),
        "currency": currency,
        "amount": money,
        "presentment": None,
        "buyer": {"ref": buyer.identifier("id"), "nick": buyer.text("nick", "name"), "email": buyer.text("email")},
        "receiver": _receiver(order.child("receiver")),
        "lines": canonical_lines,
        "note": {"buyer": order.text("note"), "seller": order.text("seller_note"), "flag": None},
        "invoice": {"title": order.child("invoice").text("title"), "tax_no": order.child("invoice").text("tax_no")},
        "logistics": {
            "carrier": order.child("logistics").text("carrier"),
            "tracking_no": order.child("logistics").text("tracking_no"),
        },
    }
    hold_missing_address(canonical, findings)
    return canonical


def _priced(
    order: Source, lines: list[Source], currency: str, status: str, payment: str
) -> tuple[list[dict[str, Any]], dict[str, str | None]]:
    """The lines with their share of what was paid, and the order's amounts; sums that do not add up hold the order."""
    told = order.child("amounts")
    paid = told.money("paid", currency)
    if paid is None:
        raise told.missing("paid")
    prices = [(_price(line, currency), line.quantity("qty")) for line in lines]
    totals = [price * quantity for price, quantity in prices]
    items = told.money("items", currency)
    seller, platform = told.money("discount", currency) or _ZERO, told.money("discount_platform", currency) or _ZERO
    shipping, tax = told.money("shipping", currency) or _ZERO, told.money("tax", currency) or _ZERO
    items = sum_money(totals) if items is None else items
    hold_amount_mismatch(prices, items, order.findings)
    due = items - seller - platform + shipping + tax
    if due != paid and not (payment == "unpaid" and not paid):
        order.findings.hold("amount_mismatch")
    shares = allocate(seller + platform, totals, currency)
    canonical = [_line(line, currency, status, total - share) for line, total, share in zip(lines, totals, shares, strict=True)]
    return canonical, amounts(
        currency, items=items, discount_seller=seller, discount_platform=platform, shipping=shipping, tax=tax, paid=paid
    )


def _price(line: Source, currency: str) -> Decimal:
    price = line.money("unit_price", currency)
    if price is None:
        raise line.missing("unit_price")
    return price


def _line(line: Source, currency: str, order_status: str, share: Decimal) -> dict[str, Any]:
    line.expect(LINE_FIELDS)
    told = line.money("paid", currency)
    price, refund = _price(line, currency), line_refund(line)
    return {
        "channel_line_id": line.identifier("line_no"),
        "sku_code": line.text("sku"),
        "title": line.text("title"),
        "spec": line.text("spec"),
        "qty": line.quantity("qty"),
        "unit_price": money_text(price, currency),
        "paid_share": money_text(share if told is None else told, currency),
        "refund_status": refund,
        "status": line_status(line, order_status, refund),
        "is_gift": line.flag("is_gift") if line.raw("is_gift") is not None else price == 0,
    }


def _times(order: Source, envelope: Source, status: str, event: str | None) -> dict[str, str | None]:
    updated = order.time("updated_at", ZONE, "updated_at")
    return {
        "created_at": order.time("created_at", ZONE, "created_at"),
        "paid_at": order.time("paid_at", ZONE, "paid_at") or _stamp(envelope, event == "order.paid", "paid_at"),
        "confirmed_at": order.time("confirmed_at", ZONE, "confirmed_at") or order.time("paid_at", ZONE, "confirmed_at"),
        "updated_at": updated or _stamp(envelope, event is not None, "updated_at"),
        "ship_by_at": order.time("ship_by_at", ZONE, "ship_by_at"),
        "shipped_at": order.time("shipped_at", ZONE, "shipped_at") or _stamp(envelope, event == "order.shipped", "shipped_at"),
        "completed_at": order.time("completed_at", ZONE, "completed_at") or _stamp(envelope, event == "order.completed", "completed_at"),
        "cancelled_at": order.time("cancelled_at", ZONE, "cancelled_at")
        or _stamp(envelope, event is not None and status == "cancelled", "cancelled_at"),
    }


def _stamp(envelope: Source, applies: bool, into: str) -> str | None:
    """The event's own time, where the event is what the canonical time stands for."""
    return envelope.time("timestamp", ZONE, into) if applies else None


def _receiver(to: Source) -> dict[str, str | None]:
    return receiver(
        name=to.text("name"), phone=to.text("phone"), address=to.text("address"), country=to.text("country"), province=to.text("province"),
        city=to.text("city"), district=to.text("district"), town=to.text("town"), zip=to.text("zip"),
    )  # fmt: skip
