"""The money of a WooCommerce order: decimal text, but for a line's ``price``.

Identity: Σ subtotal − discount + shipping + fees + tax = total. All parts are without tax, also where the shop's prices include it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from engine.sdk import Source, scale_of, sum_money

_ZERO: Final = Decimal(0)


@dataclass(frozen=True)
class OrderAmounts:
    items: Decimal
    discount_seller: Decimal
    shipping: Decimal
    tax: Decimal
    paid: Decimal
    discount_platform: Decimal = _ZERO


def order_amounts(order: Source, lines: list[Source], currency: str) -> OrderAmounts:
    """Exact amounts. What does not add up, in the order or in its lines, holds it as ``amount_mismatch`` and is left as it is."""
    found = OrderAmounts(
        items=sum_money(_required(line, "subtotal", currency) for line in lines),
        discount_seller=_told(order, "discount_total", currency),
        shipping=_told(order, "shipping_total", currency),
        tax=_told(order, "total_tax", currency),
        paid=_required(order, "total", currency),
    )
    fees = sum_money(one.money("total", currency) or _ZERO for one in order.children("fee_lines"))
    due = found.items - found.discount_seller + found.shipping + fees + found.tax
    shares = sum_money(paid_share(line, currency) for line in lines)
    pieces = all(_agrees(line, currency) for line in lines)
    if due != found.paid or shares != found.items - found.discount_seller or not pieces:
        order.findings.hold("amount_mismatch")
    return found


def line_subtotal(line: Source, currency: str) -> Decimal:
    return _required(line, "subtotal", currency)


def paid_share(line: Source, currency: str) -> Decimal:
    """What the line costs after its discounts, without tax."""
    return _required(line, "total", currency)


def is_free(line: Source) -> bool:
    """Whether the line costs nothing. ``price`` is a number, and may have more decimals than the currency."""
    price: object = line.raw("price")
    if isinstance(price, str):
        line.findings.note(line.at("price"), "type", "string")
    return isinstance(price, (int, Decimal)) and not isinstance(price, bool) and price == 0


def _agrees(line: Source, currency: str) -> bool:
    """Whether quantity and price make the line's total, but for what rounding of each piece may do."""
    quantity, total, price = line.quantity("quantity"), paid_share(line, currency), line.raw("price")
    if not quantity or isinstance(price, bool) or not isinstance(price, (int, Decimal)):
        return bool(quantity) or not total
    return abs(price * quantity - total) <= quantity * Decimal(1).scaleb(-scale_of(currency))


def _required(source: Source, key: str, currency: str) -> Decimal:
    found = source.money(key, currency)
    if found is None:
        raise source.missing(key)
    return found


def _told(order: Source, key: str, currency: str) -> Decimal:
    """An amount that every order has; where it was not sent, a note and zero."""
    found = order.money(key, currency)
    if found is None:
        order.findings.note(order.at(key), "missing")
    return _ZERO if found is None else found
