"""A Taobao or Tmall trade as a canonical order. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.sdk import (
    Findings,
    NodeError,
    Order,
    Source,
    amounts,
    finish,
    hold_amount_mismatch,
    hold_missing_address,
    hold_refund_in_progress,
    hold_unmapped_skus,
    money_text,
    overall_refund,
    receiver,
    sum_money,
)
from nodes.connector.taobao.amounts import CURRENCY, TradeAmounts, paid_share, trade_amounts
from nodes.connector.taobao.bound import bound_lines
from nodes.connector.taobao.envelope import trade_of
from nodes.connector.taobao.fields import ORDER_FIELDS, TRADE_FIELDS
from nodes.connector.taobao.status import line_refund, line_status, payment_status, trade_status

ZONE = "+08:00"
"""Taobao writes times without an offset, always GMT+8."""


def taobao_order(payload: dict[str, Any]) -> Order:
    """The canonical order of an answer of taobao.trade.fullinfo.get, of ``{"trade": …}`` or of a bare trade.

    Receiver fields stay masked or enciphered as they arrive, with the token that decrypts them beside. Raises ``NodeError``:
    ``order.missing_field``, ``order.wrong_type``, ``order.error_response``, ``order.thin_message``, ``money.invalid``, ``time.invalid``.
    """
    findings = Findings()
    trade = Source(trade_of(payload), findings, "trade")
    tid = trade.required("tid_str", "tid")
    lines = trade.children("orders", "order")
    if not lines:
        raise trade.missing("orders.order")
    trade.expect(TRADE_FIELDS)
    return finish(_order(trade, tid, lines), findings, payload)


def _order(trade: Source, tid: str, lines: list[Source]) -> Order:
    findings = trade.findings
    prices = [(line.money("price", CURRENCY), line.quantity("num")) for line in lines]
    if any(price is None for price, _ in prices):
        raise lines[0].missing("price")
    priced = [(price, quantity) for price, quantity in prices if price is not None]
    money = trade_amounts(trade, lines, sum_money(price * quantity for price, quantity in priced))
    status = trade_status(trade)
    bound = bound_lines(lines)
    canonical_lines = [_line(line, trade, money, len(lines) == 1, bound) for line in lines]
    refunds = [line["refund_status"] for line in canonical_lines]
    status = hold_refund_in_progress(status, [(line["refund_status"], line["status"]) for line in canonical_lines], findings)
    hold_unmapped_skus(canonical_lines, findings)
    _hold_ambiguous_skus(lines, findings)
    hold_amount_mismatch(priced, money.items, findings)
    if not money.add_up():
        findings.hold("amount_mismatch")
    order = {
        "order_id": None,
        "channel": "taobao",
        "shop_id": trade.text("seller_nick"),
        "channel_order_id": tid,
        "display_no": tid,
        "parent_channel_order_id": None,
        "status": status,
        "payment_status": payment_status(trade, status, refunds),
        "refund_status": overall_refund(refunds),
        **_times(trade, lines, status),
        "currency": CURRENCY,
        "amount": amounts(CURRENCY, **vars(money)),
        "presentment": None,
        "buyer": {"ref": trade.text("buyer_open_uid"), "nick": trade.text("buyer_nick"), "email": trade.text("buyer_email")},
        "receiver": _receiver(trade),
        "lines": canonical_lines,
        "note": {"buyer": trade.text("buyer_message"), "seller": trade.text("seller_memo"), "flag": _flag(trade)},
        "invoice": {"title": trade.text("invoice_name"), "tax_no": trade.text("buyer_tax_no")},
        "logistics": _logistics(lines),
    }
    if trade.text("shipping_type") != "virtual" and not trade.flag("no_shipping"):
        hold_missing_address(order, findings)
    return order


def _line(line: Source, trade: Source, money: TradeAmounts, alone: bool, bound: Mapping[str, str]) -> dict[str, Any]:
    line.expect(ORDER_FIELDS)
    refund = line_refund(line)
    share = paid_share(line, money, alone)
    number = line.required("oid_str", "oid")
    return {
        "channel_line_id": number,
        "sku_code": line.text("outer_sku_id", "outer_iid"),
        "title": line.text("title"),
        "spec": line.text("sku_properties_name"),
        "qty": line.quantity("num"),
        "unit_price": money_text(line.money("price", CURRENCY), CURRENCY),
        "paid_share": money_text(share, CURRENCY),
        "refund_status": refund,
        "status": line_status(line, trade, refund),
        "is_gift": line.flag("is_free_gift") or (share == 0 and refund == "none"),
        **({"platform_sku": variant} if (variant := _variant_without_code(line)) else {}),
        **({"bound_to": bound[number]} if number in bound else {}),
    }


def _hold_ambiguous_skus(lines: list[Source], findings: Findings) -> None:
    """An item's code does not say which of its variants was sold: held, with the item's code as a suggestion."""
    if any(_variant_without_code(line) for line in lines):
        findings.hold("sku_unmapped")


def _variant_without_code(line: Source) -> str | None:
    """The platform's own number of the variant, where the seller gave it no code: by it the variant is matched to a SKU."""
    variant = line.text("sku_id")
    return variant if variant and variant != "0" and not line.text("outer_sku_id") else None


def _times(trade: Source, lines: list[Source], status: str) -> dict[str, str | None]:
    ended = "completed_at" if status == "completed" else "cancelled_at" if status in ("cancelled", "closed_refunded") else None
    return {
        "created_at": trade.time("created", ZONE, "created_at"),
        "paid_at": trade.time("pay_time", ZONE, "paid_at"),
        "confirmed_at": trade.time("pay_time", ZONE, "confirmed_at"),
        "updated_at": trade.time("modified", ZONE, "updated_at"),
        "ship_by_at": _ship_by(trade, lines),
        "shipped_at": trade.time("consign_time", ZONE, "shipped_at") or _earliest(lines, "consign_time", "shipped_at"),
        "completed_at": trade.time("end_time", ZONE, "completed_at") if ended == "completed_at" else None,
        "cancelled_at": trade.time("end_time", ZONE, "cancelled_at") if ended == "cancelled_at" else None,
    }


def _ship_by(trade: Source, lines: list[Source]) -> str | None:
    """The promise may be words ("within 48 hours of payment") in the first field; the sub-orders then give the date."""
    for key in ("est_con_time", "send_time"):
        if found := trade.free_time(key, ZONE, "ship_by_at"):
            return found
    return _earliest(lines, "delivery_time", "ship_by_at") or trade.free_time("delivery_time", ZONE, "ship_by_at")


def _earliest(lines: list[Source], key: str, into: str) -> str | None:
    found = [(moment, line) for line in lines if (moment := line.free_time(key, ZONE, into))]
    if not found:
        return None
    _, first = min(found, key=lambda pair: pair[0])
    return first.time(key, ZONE, into)


def _receiver(trade: Source) -> dict[str, str | None]:
    """A county-level city (仙桃市, 济源市) comes as a district with an empty city: it is the city."""
    name, phone, address = trade.text("receiver_name"), trade.text("receiver_mobile", "receiver_phone"), trade.text("receiver_address")
    return receiver(
        name=name, phone=phone, address=address, name_mask=_masked(name), phone_mask=_masked(phone), address_mask=_masked(address),
        country=trade.text("receiver_country"), province=trade.text("receiver_state"),
        city=trade.text("receiver_city", "receiver_district"), district=trade.text("receiver_district"),
        town=trade.text("receiver_town"), zip=trade.text("receiver_zip"), token=trade.text("oaid"),
    )  # fmt: skip


def _masked(value: str | None) -> str | None:
    """What arrives masked is its own mask; clear or enciphered text is not, and gets one computed."""
    return value if value and "*" in value else None


def _flag(trade: Source) -> str | None:
    """One to five. A word in place of the number is noted: no order waits for the colour of its flag."""
    try:
        flag = trade.whole("seller_flag")
    except NodeError:
        trade.findings.note(trade.at("seller_flag"), "unreadable")
        return None
    return str(flag) if flag else None


def _logistics(lines: list[Source]) -> dict[str, str | None]:
    shipped = next((line for line in lines if line.text("invoice_no")), lines[0])
    return {"carrier": shipped.text("logistics_company"), "tracking_no": shipped.text("invoice_no")}
