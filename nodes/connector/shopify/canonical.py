"""A Shopify order (REST Admin API, webhooks) as a canonical order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from engine.sdk import (
    Findings,
    NodeError,
    Order,
    Source,
    amounts,
    finish,
    hold_missing_address,
    hold_refund_in_progress,
    hold_unmapped_skus,
    money_text,
    receiver,
)
from nodes.connector.shopify.amounts import line_price, line_quantity, order_amounts, paid_share, presentment
from nodes.connector.shopify.fields import LINE_FIELDS, ORDER_FIELDS
from nodes.connector.shopify.status import (
    fulfillment,
    hold_unpaid,
    line_refund,
    order_status,
    payment_status,
    refund_status,
    refunds_of,
)

ZONE = "UTC"
"""Shopify writes the shop's offset, which moves with daylight saving, into every time."""

_GIFT_MARKS = frozenset({"gift", "is_gift", "free_gift", "gift_item", "赠品"})
_NO = frozenset({"", "0", "false", "no", "否"})


def shopify_order(payload: dict[str, Any]) -> Order:
    """The canonical order of a bare order or ``{"order": …}``.

    A test order keeps its status and is held with ``test_order``: it never ships. Network data of the buyer (address, user agent,
    position) is not taken over. Raises ``NodeError``: ``order.missing_field``, ``order.wrong_type``, ``order.error_response``,
    ``money.invalid``, ``currency.invalid``, ``time.invalid``.
    """
    order = Source(_order_of(payload), Findings())
    order_id = order.required("id")
    lines = order.children("line_items")
    if not lines:
        raise order.missing("line_items")
    order.expect(ORDER_FIELDS)
    return finish(_order(order, order_id, lines, _currency(order)), order.findings, payload)


def _order_of(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(inner := payload.get("order"), dict):
        return cast("dict[str, Any]", inner)
    if "errors" in payload and "id" not in payload:
        raise NodeError("order.error_response", error="errors")
    return payload


def _currency(order: Source) -> str:
    found = order.text("currency") or order.child("total_price_set").child("shop_money").text("currency_code")
    if not found:
        raise order.missing("currency")
    return found.strip().upper()


def _order(order: Source, order_id: str, lines: list[Source], currency: str) -> Order:
    findings = order.findings
    if order.flag("test"):
        findings.hold("test_order")
    payment, refunds = payment_status(order), refunds_of(order)
    status = order_status(order, payment, not any(line_quantity(line) for line in lines))
    refund = refund_status(order, refunds, payment)
    money = order_amounts(order, lines, currency)
    canonical_lines = [_line(line, currency, status, refunds) for line in lines]
    hold_unpaid(order, status, payment)
    hold_unmapped_skus(canonical_lines, findings)
    status = hold_refund_in_progress(status, [(refund, status)], findings)
    customer = order.child("customer")
    canonical = {
        "order_id": None,
        "channel": "shopify",
        "shop_id": None,
        "channel_order_id": order_id,
        "display_no": order.text("name") or order_id,
        "parent_channel_order_id": None,
        "status": status,
        "payment_status": payment,
        "refund_status": refund,
        **_times(order, status, payment),
        "currency": currency,
        "amount": amounts(currency, **vars(money)),
        "presentment": presentment(order, currency),
        "buyer": {
            "ref": customer.identifier("id"),
            "nick": customer.text("first_name"),
            "email": order.text("email", "contact_email") or customer.text("email"),
        },
        "receiver": _receiver(order),
        "lines": canonical_lines,
        "note": {"buyer": order.text("note"), "seller": order.text("tags"), "flag": None},
        "invoice": {"title": None, "tax_no": None},
        "logistics": _logistics(order),
    }
    if any(line.raw("requires_shipping") is not False for line in lines):
        hold_missing_address(canonical, findings)
    return canonical


def _line(line: Source, currency: str, order_status: str, refunds: Sequence[tuple[str, set[str]]]) -> dict[str, Any]:
    line.expect(LINE_FIELDS)
    line_id = line.required("id")
    quantity = line_quantity(line)
    status = fulfillment(line) if line.raw("fulfillment_status") != "not_eligible" else order_status
    if order_status == "shipped" and line.raw("fulfillment_status") is None and quantity:
        status = "shipped"
    gone = order_status in ("cancelled", "closed_refunded") or quantity == 0
    return {
        "channel_line_id": line_id,
        "sku_code": line.text("sku"),
        "title": line.text("title", "name"),
        "spec": line.text("variant_title"),
        "qty": quantity,
        "unit_price": money_text(line_price(line, currency), currency),
        "paid_share": money_text(paid_share(line, currency), currency),
        "refund_status": line_refund(refunds, line_id),
        "status": "cancelled" if gone and status == "awaiting_fulfillment" else status,
        "is_gift": _is_gift(line),
    }


def _is_gift(line: Source) -> bool:
    """A line property such as ``_gift: true``; a gift message or wrapping is none."""
    for one in line.children("properties"):
        name, value = (one.text("name") or "").lower().strip("_ ").replace(" ", "_"), one.raw("value")
        if name in _GIFT_MARKS and str(value if value is not None else "").strip().lower() not in _NO:
            return True
    return False


def _times(order: Source, status: str, payment: str) -> dict[str, str | None]:
    is_paid = payment != "unpaid"
    sent = [one for one in order.children("fulfillments") if one.text("status") not in ("cancelled", "error", "failure")]
    first = min(sent, key=lambda one: one.time("created_at", ZONE, "shipped_at") or "9", default=None)
    return {
        "created_at": order.time("created_at", ZONE, "created_at"),
        "paid_at": order.time("processed_at", ZONE, "paid_at") if is_paid else None,
        "confirmed_at": order.time("processed_at", ZONE, "confirmed_at") if is_paid else None,
        "updated_at": order.time("updated_at", ZONE, "updated_at"),
        "ship_by_at": None,
        "shipped_at": first.time("created_at", ZONE, "shipped_at") if first else None,
        "completed_at": order.time("closed_at", ZONE, "completed_at") if status != "cancelled" else None,
        "cancelled_at": order.time("cancelled_at", ZONE, "cancelled_at"),
    }


def _receiver(order: Source) -> dict[str, str | None]:
    """Orders from a till, for pick-up or of digital goods have no shipping address."""
    to = order.child("shipping_address")
    if not to.data:
        return receiver()
    name = to.text("name") or " ".join(part for part in (to.text("first_name"), to.text("last_name")) if part)
    address = " ".join(part for part in (to.text("address1"), to.text("address2")) if part)
    return receiver(
        name=name or None, phone=to.text("phone") or order.text("phone"), address=address or None,
        country=to.text("country_code", "country"), province=to.text("province", "province_code"), city=to.text("city"), zip=to.text("zip"),
    )  # fmt: skip


def _logistics(order: Source) -> dict[str, str | None]:
    for one in order.children("fulfillments"):
        if one.text("status") not in ("cancelled", "error", "failure") and one.text("tracking_number"):
            return {"carrier": one.text("tracking_company"), "tracking_no": one.text("tracking_number")}
    return {"carrier": None, "tracking_no": None}
