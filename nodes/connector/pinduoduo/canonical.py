"""A Pinduoduo order as a canonical order. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.sdk import (
    Findings,
    Order,
    Source,
    amounts,
    finish,
    hold_missing_address,
    hold_unmapped_skus,
    money_text,
    receiver,
)
from nodes.connector.pinduoduo.amounts import CURRENCY, order_amounts, paid_shares, yuan
from nodes.connector.pinduoduo.envelope import order_of
from nodes.connector.pinduoduo.fields import ITEM_FIELDS, ORDER_FIELDS
from nodes.connector.pinduoduo.status import ZONE, is_refunding, order_status, payment_status, refund_status

_TO_SHIP = frozenset({"awaiting_fulfillment", "partially_shipped"})


def pinduoduo_order(payload: dict[str, Any]) -> Order:
    """The canonical order of an answer of pdd.order.information.get, of an order in a list or of a bare order.

    Receiver fields stay cipher text; the platform leaves them empty once the order need not be shipped. Raises ``NodeError``:
    ``order.missing_field``, ``order.wrong_type``, ``order.error_response``, ``order.thin_message``, ``money.invalid``, ``time.invalid``.
    """
    order = Source(order_of(payload), Findings(), "order_info")
    number = order.required("order_sn")
    items = order.children("item_list")
    if not items:
        raise order.missing("item_list")
    order.expect(ORDER_FIELDS)
    order.expect_text("order_sn")
    return finish(_order(order, number, items), order.findings, payload)


def _order(order: Source, number: str, items: list[Source]) -> Order:
    findings = order.findings
    status, refund = order_status(order), refund_status(order)
    status = _hold_refund(order, status, refund)
    prices = [(_price(item), item.quantity("goods_count")) for item in items]
    money = order_amounts(order, prices)
    lines = _lines(order, items, paid_shares(money, prices), refund, status)
    hold_unmapped_skus(lines, findings)
    _hold_ambiguous_skus(items, findings)
    _hold_for_stock(order, status)
    canonical = {
        "order_id": None,
        "channel": "pinduoduo",
        "shop_id": order.identifier("mall_id"),
        "channel_order_id": number,
        "display_no": number,
        "parent_channel_order_id": None,
        "status": status,
        "payment_status": payment_status(order, status),
        "refund_status": refund,
        **_times(order),
        "currency": CURRENCY,
        "amount": amounts(CURRENCY, **vars(money)),
        "presentment": None,
        "buyer": {"ref": None, "nick": None, "email": None},
        "receiver": _receiver(order),
        "lines": lines,
        "note": {"buyer": order.text("buyer_memo"), "seller": order.text("remark"), "flag": _number(order, "remark_tag")},
        "invoice": {"title": None, "tax_no": None},
        "logistics": {"carrier": _number(order, "logistics_id"), "tracking_no": order.text("tracking_number")},
    }
    hold_missing_address(canonical, findings)
    return canonical


def _hold_refund(order: Source, status: str, refund: str) -> str:
    """Held for another reason or not: a refund under way on what is not sent is a reason of its own."""
    if status in ("awaiting_fulfillment", "paid_hold") and is_refunding(order, refund):
        order.findings.hold("refund_in_progress")
        return "paid_hold"
    return status


def _hold_ambiguous_skus(items: list[Source], findings: Findings) -> None:
    """A product's code does not say which of its variants was sold: held, with the product's code as a suggestion."""
    if any(item.text("goods_spec") and not item.text("outer_id") for item in items):
        findings.hold("sku_unmapped")


def _hold_for_stock(order: Source, status: str) -> None:
    """The seller has told the platform that the goods are short, and that is not settled yet."""
    if status in _TO_SHIP and order.flag("is_stock_out") and order.raw("stock_out_handle_status") in (0, "0"):
        order.findings.hold("stock_short")


def _lines(order: Source, items: list[Source], shares: list[str | None], refund: str, status: str) -> list[dict[str, Any]]:
    """What was bought, then the gifts, which cost nothing and are no part of the amounts."""
    bought = [
        _line(item, index, refund, status) | {"paid_share": share} for index, (item, share) in enumerate(zip(items, shares, strict=True), 1)
    ]
    gifts = order.children("gift_list")
    free = {"unit_price": money_text(Decimal(0), CURRENCY), "paid_share": money_text(Decimal(0), CURRENCY), "is_gift": True}
    return bought + [_line(gift, index, refund, status) | free for index, gift in enumerate(gifts, len(items) + 1)]


def _line(item: Source, index: int, refund: str, status: str) -> dict[str, Any]:
    """The platform numbers no lines: a line is known by its SKU and its place."""
    item.expect(ITEM_FIELDS)
    item.expect_text("goods_id", "sku_id")
    return {
        "channel_line_id": f"{item.required('sku_id', 'goods_id')}-{index}",
        "sku_code": item.text("outer_id", "outer_goods_id"),
        "title": item.text("goods_name"),
        "spec": item.text("goods_spec"),
        "qty": item.quantity("goods_count"),
        "unit_price": money_text(yuan(item, "goods_price"), CURRENCY),
        "paid_share": None,
        "refund_status": refund,
        "status": status,
        "is_gift": False,
    }


def _price(item: Source) -> Decimal:
    price = yuan(item, "goods_price")
    if price is None:
        raise item.missing("goods_price")
    return price


def _times(order: Source) -> dict[str, str | None]:
    return {
        "created_at": order.time("created_time", ZONE, "created_at"),
        "paid_at": order.time("pay_time", ZONE, "paid_at"),
        "confirmed_at": order.time("confirm_time", ZONE, "confirmed_at"),
        "updated_at": order.time("updated_at", ZONE, "updated_at"),
        "ship_by_at": order.time("last_ship_time", ZONE, "ship_by_at"),
        "shipped_at": order.time("shipping_time", ZONE, "shipped_at"),
        "completed_at": order.time("receive_time", ZONE, "completed_at"),
        "cancelled_at": None,
    }


def _receiver(order: Source) -> dict[str, str | None]:
    """Cipher text is its own token. Some orders carry nothing but ``contact_mobile``, which decrypts as well."""
    name, address = order.text("receiver_name"), order.text("receiver_address", "address")
    phone = order.text("receiver_phone", "contact_mobile")
    return receiver(
        name=name, phone=phone, address=address, name_mask=_masked(order, "receiver_name_mask"),
        phone_mask=_masked(order, "receiver_phone_mask", "contact_mobile_mask"),
        address_mask=_masked(order, "receiver_address_mask", "address_mask"), country=order.text("country"),
        province=order.text("province"), city=order.text("city"), town=order.text("town"), token=address or phone,
    )  # fmt: skip


def _masked(order: Source, *keys: str) -> str | None:
    """A mask of the platform's; text without a star in it is none, and gets one computed."""
    value = order.text(*keys)
    return value if value and "*" in value else None


def _number(order: Source, key: str) -> str | None:
    """A code that is documented as a number; 0 is none, and a word in its place is noted, for no order waits for it."""
    value = order.raw(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if value else None
    return None if value in (None, "", "0") else order.text(key)
