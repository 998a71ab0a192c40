"""The money of a Shopify order, in the currency of the shop's accounts (``shop_money``).

``total_price`` and its parts are as the order was created; after an edit ``current_*`` hold. A refund is not an edit: what was
paid stays what was paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.sdk import Source, allocate, money_text, sum_money

_ZERO = Decimal(0)
_MONEY_BACK = ("refunded", "partially_refunded")


@dataclass(frozen=True)
class OrderAmounts:
    items: Decimal
    discount_seller: Decimal
    shipping: Decimal
    tax: Decimal
    paid: Decimal
    discount_platform: Decimal = _ZERO


def order_amounts(order: Source, lines: list[Source], currency: str) -> OrderAmounts:
    """Exact amounts; a sum that does not add up holds the order as ``amount_mismatch`` and is left as it is."""
    edited = _is_edited(order, lines, currency)
    found = _current(order, lines, currency) if edited else _created(order, lines, currency)
    if not edited and _goods(lines, currency, "quantity") != found.items:
        order.findings.hold("amount_mismatch")
    if (not edited or _knows_current_parts(order)) and _due(order, found, currency) != found.paid:
        order.findings.hold("amount_mismatch")
    if not edited and _allocated(order, lines, currency) != found.discount_seller:
        order.findings.note(order.at("line_items[].discount_allocations"), "differs")
    return found


def shop_money(source: Source, key: str, currency: str) -> Decimal | None:
    """An amount by its ``*_set`` in shop money if that is in the order's currency, else by the plain field, which is the same."""
    shop = source.child(f"{key}_set").child("shop_money")
    if shop.data.get("amount") is not None and shop.data.get("currency_code", currency) == currency:
        return shop.money("amount", currency)
    return source.money(key, currency)


def line_price(line: Source, currency: str) -> Decimal:
    price = shop_money(line, "price", currency)
    if price is None:
        raise line.missing("price")
    return price


def line_quantity(line: Source) -> int:
    """What is left to deliver or delivered: after an edit the current quantity."""
    return line.quantity("quantity") if line.raw("current_quantity") is None else line.quantity("current_quantity")


def paid_share(line: Source, currency: str) -> Decimal:
    """Price × quantity less the discounts allocated to the line; after an edit the part that the remaining pieces bear."""
    bought, left = line.quantity("quantity"), line_quantity(line)
    share = line_price(line, currency) * bought - _discounts(line, currency)
    return share if left >= bought else allocate(share, [left, bought - left], currency)[0]


def presentment(order: Source, currency: str) -> dict[str, Any] | None:
    """What the buyer saw, if it was another currency."""
    shown = (order.text("presentment_currency") or "").strip().upper()
    if not shown or shown == currency:
        return None
    paid = order.child("total_price_set").child("presentment_money")
    return {"currency": shown, "paid": money_text(paid.money("amount", shown), shown)}


def _allocated(order: Source, lines: list[Source], currency: str) -> Decimal:
    """Every discount is allocated to the lines and to the shipping that bear it."""
    return sum_money(_discounts(one, currency) for one in (*lines, *order.children("shipping_lines")))


def _discounts(line: Source, currency: str) -> Decimal:
    return sum_money(shop_money(one, "amount", currency) or _ZERO for one in line.children("discount_allocations"))


def _is_edited(order: Source, lines: list[Source], currency: str) -> bool:
    if order.children("refunds") or order.text("cancelled_at") or order.raw("financial_status") in _MONEY_BACK:
        return False
    current, created = shop_money(order, "current_total_price", currency), shop_money(order, "total_price", currency)
    return (current is not None and current != created) or any(line_quantity(line) != line.quantity("quantity") for line in lines)


def _created(order: Source, lines: list[Source], currency: str) -> OrderAmounts:
    items = shop_money(order, "total_line_items_price", currency)
    paid = shop_money(order, "total_price", currency)
    if paid is None:
        raise order.missing("total_price")
    return OrderAmounts(
        items=_goods(lines, currency, "quantity") if items is None else items,
        discount_seller=shop_money(order, "total_discounts", currency) or _ZERO,
        shipping=_shipping(order, "total_shipping_price", currency),
        tax=shop_money(order, "total_tax", currency) or _ZERO,
        paid=paid,
    )


def _current(order: Source, lines: list[Source], currency: str) -> OrderAmounts:
    created = _created(order, lines, currency)

    def current(key: str, otherwise: Decimal) -> Decimal:
        found = shop_money(order, key, currency)
        return otherwise if found is None else found

    return OrderAmounts(
        items=sum_money(line_price(line, currency) * line_quantity(line) for line in lines),
        discount_seller=current("current_total_discounts", created.discount_seller),
        shipping=current("current_shipping_price", created.shipping),
        tax=current("current_total_tax", created.tax),
        paid=current("current_total_price", created.paid),
    )


def _knows_current_parts(order: Source) -> bool:
    return all(
        order.raw(key) is not None or order.raw(f"{key}_set") is not None for key in ("current_total_discounts", "current_total_tax")
    )


def _shipping(order: Source, key: str, currency: str) -> Decimal:
    total = shop_money(order, key, currency)
    return sum_money(shop_money(one, "price", currency) or _ZERO for one in order.children("shipping_lines")) if total is None else total


def _goods(lines: list[Source], currency: str, key: str) -> Decimal:
    return sum_money(line_price(line, currency) * line.quantity(key) for line in lines)


def _due(order: Source, found: OrderAmounts, currency: str) -> Decimal:
    """Goods − discounts + shipping + tax (unless prices include it) + tips, duties and fees."""
    extra = [
        shop_money(order, key, currency) or _ZERO
        for key in ("total_tip_received", "original_total_duties", "original_total_additional_fees")
    ]
    tax = _ZERO if order.flag("taxes_included") else found.tax
    return found.items - found.discount_seller + found.shipping + tax + sum_money(extra)
