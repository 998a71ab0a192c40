"""A JD order as a canonical order. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from engine.sdk import (
    Findings,
    Order,
    Source,
    amounts,
    finish,
    hold_missing_address,
    hold_unmapped_skus,
    receiver,
)
from nodes.connector.jd.address import without_region
from nodes.connector.jd.amounts import CURRENCY, OrderAmounts, order_amounts, paid_shares, text_of
from nodes.connector.jd.envelope import order_of
from nodes.connector.jd.fields import CONSIGNEE_FIELDS, ITEM_FIELDS, ORDER_FIELDS
from nodes.connector.jd.status import VIRTUAL, ZONE, order_status, payment_status, refund_status, state

_TITLE: Final = re.compile(r"发票抬头[:：]\s*([^;；]+)")
_SEPARATORS: Final = re.compile(r"[|,]")


def jd_order(payload: dict[str, Any]) -> Order:
    """The canonical order of an answer of jingdong.pop.order.get or search (of one order), or of a bare order.

    The parent of a split order has no items; it is held, because its children ship. Raises ``NodeError``: ``order.missing_field``,
    ``order.wrong_type``, ``order.error_response``, ``order.thin_message``, ``money.invalid``, ``time.invalid``.
    """
    order = Source(order_of(payload), Findings(), "orderInfo")
    number = order.required("orderId")
    items = order.children("itemInfoList")
    if not items and order.raw("itemInfoList") != []:
        raise order.missing("itemInfoList")
    order.expect(ORDER_FIELDS)
    order.expect_text("orderId", "venderId", "parentOrderId", "directParentOrderId")
    return finish(_order(order, number, items), order.findings, payload)


def _order(order: Source, number: str, items: list[Source]) -> Order:
    findings = order.findings
    status = order_status(order)
    if not items and status == "awaiting_fulfillment":
        findings.hold("platform_hold")
        status = "paid_hold"
    money = order_amounts(order, [(_price(item), _count(item)) for item in items])
    lines = _lines(order, items, money, status)
    hold_unmapped_skus(lines, findings)
    canonical = {
        "order_id": None,
        "channel": "jd",
        "shop_id": order.identifier("venderId"),
        "channel_order_id": number,
        "display_no": number,
        "parent_channel_order_id": _unless_zero(order.identifier("directParentOrderId")) or _unless_zero(order.identifier("parentOrderId")),
        "status": status,
        "payment_status": payment_status(order, status, money.paid),
        "refund_status": refund_status(order),
        **_times(order, status),
        "currency": CURRENCY,
        "amount": amounts(CURRENCY, **vars(money)),
        "presentment": None,
        "buyer": {"ref": order.text("open_id_buyer", "pin"), "nick": order.text("pin"), "email": None},
        "receiver": _receiver(order),
        "lines": lines,
        "note": {"buyer": order.text("orderRemark"), "seller": order.text("venderRemark"), "flag": None},
        "invoice": _invoice(order),
        "logistics": {"carrier": _unless_zero(order.identifier("logisticsId")), "tracking_no": _first_waybill(order)},
    }
    if state(order) != VIRTUAL:
        hold_missing_address(canonical, findings)
    return canonical


def _lines(order: Source, items: list[Source], money: OrderAmounts, status: str) -> list[dict[str, Any]]:
    totals = [(item.required("skuId"), _price(item) * _count(item)) for item in items]
    shares = paid_shares(order, money, totals)
    refund = refund_status(order)
    return [_line(item, index, status, refund, share) for index, (item, share) in enumerate(zip(items, shares, strict=True), 1)]


def _line(item: Source, index: int, status: str, refund: str, share: Decimal) -> dict[str, Any]:
    """JD numbers no lines: a line is known by its SKU and its place. What costs nothing in the end is a gift."""
    item.expect(ITEM_FIELDS)
    item.expect_text("skuId", "wareId")
    price = _price(item)
    return {
        "channel_line_id": f"{item.required('skuId')}-{index}",
        "sku_code": item.text("outerSkuId"),
        "title": item.text("skuName"),
        "spec": None,
        "qty": _count(item),
        "unit_price": text_of(price),
        "paid_share": text_of(share),
        "refund_status": refund,
        "status": status,
        "is_gift": not price or not share,
    }


def _price(item: Source) -> Decimal:
    price = item.money("jdPrice", CURRENCY)
    if price is None:
        raise item.missing("jdPrice")
    return price


def _count(item: Source) -> int:
    """Documented as text; a number is taken and noted."""
    value = item.raw("itemTotal")
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value.strip()) <= 9:
        return int(value)
    count = item.quantity("itemTotal")
    item.findings.note(item.at("itemTotal"), "type", "number")
    return count


def _times(order: Source, status: str) -> dict[str, str | None]:
    """What never happened is 0001-01-01 or 1970-01-01."""
    ended = "completed_at" if status == "completed" else "cancelled_at" if status == "cancelled" else None
    return {
        "created_at": order.time("orderStartTime", ZONE, "created_at"),
        "paid_at": order.time("paymentConfirmTime", ZONE, "paid_at"),
        "confirmed_at": order.time("paymentConfirmTime", ZONE, "confirmed_at"),
        "updated_at": order.time("modified", ZONE, "updated_at"),
        "ship_by_at": None,
        "shipped_at": order.time("outBoundDate", ZONE, "shipped_at"),
        "completed_at": order.time("orderEndTime", ZONE, "completed_at") if ended == "completed_at" else None,
        "cancelled_at": order.time("orderEndTime", ZONE, "cancelled_at") if ended == "cancelled_at" else None,
    }


def _receiver(order: Source) -> dict[str, str | None]:
    """Masked as it arrives, with the token that decrypts it beside where the app gets one."""
    to = order.child("consigneeInfo")
    to.expect(CONSIGNEE_FIELDS)
    name, phone = to.text("fullname"), to.text("mobile", "telephone")
    region = province, city, county, town = (to.text("province"), to.text("city"), to.text("county"), to.text("town"))
    address = without_region(to.text("fullAddress"), region)
    return receiver(
        name=name, phone=phone, address=address, name_mask=_masked(name), phone_mask=_masked(phone), address_mask=_masked(address),
        province=province, city=city, district=county, town=town, token=to.text("oaid") or order.text("oaid"),
    )  # fmt: skip


def _masked(value: str | None) -> str | None:
    """What arrives masked is its own mask; clear text is not, and gets one computed."""
    return value if value and "*" in value else None


def _invoice(order: Source) -> dict[str, str | None]:
    """The title stands in a sentence, or in an object of its own where an electronic invoice is wanted."""
    easy, sentence = order.child("invoiceEasyInfo"), _TITLE.search(order.text("invoiceInfo") or "")
    return {
        "title": easy.text("invoiceTitle") or (sentence[1].strip() if sentence else None),
        "tax_no": order.text("invoiceCode") or easy.text("invoiceCode") or order.child("vatInfo").text("vatNo"),
    }


def _first_waybill(order: Source) -> str | None:
    """Of several the first: numbers of one courier are parted by a comma, couriers by a bar."""
    found = order.text("waybill")
    return _SEPARATORS.split(found)[0].strip() or None if found else None


def _unless_zero(value: str | None) -> str | None:
    return None if value == "0" else value
