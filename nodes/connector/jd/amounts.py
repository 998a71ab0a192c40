"""The money of an order. All amounts are yuan as decimal text.

Identities (field documentation of jingdong.pop.order.get): total = Σ price × count; seller's price = total − seller's discount;
payment = seller's price − the buyer's coupons − balance used + freight + tax + service fee.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.sdk import Source, allocate, money_text, sum_money

CURRENCY = "CNY"
_ZERO = Decimal(0)


@dataclass(frozen=True)
class OrderAmounts:
    """Exact amounts. ``discount_platform`` is what the buyer did not pay of the seller's price: coupons and balance used;
    ``shipping`` includes the service fee.
    """

    items: Decimal
    discount_seller: Decimal
    discount_platform: Decimal
    shipping: Decimal
    tax: Decimal
    paid: Decimal


def order_amounts(order: Source, prices: Sequence[tuple[Decimal, int]]) -> OrderAmounts:
    """``prices``: price and count of each item, none for the parent of a split order, which is not compared with them.

    What does not add up holds the order as ``amount_mismatch`` and is left as it is.
    """
    paid = order.money("orderPayment", CURRENCY)
    if paid is None:
        raise order.missing("orderPayment")
    listed = sum_money(price * count for price, count in prices)
    items = _told(order, "orderTotalPrice", listed)
    price = order.money("orderSellerPrice", CURRENCY)
    discount = _told(order, "sellerDiscount", _ZERO if price is None else items - price)
    price = items - discount if price is None else price
    shipping = _told(order, "freightPrice", _ZERO) + (order.money("serviceFee", CURRENCY) or _ZERO)
    tax = order.money("taxFee", CURRENCY) or _ZERO
    found = OrderAmounts(items, discount, price + shipping + tax - paid, shipping, tax, paid)
    if (prices and listed != items) or items - discount != price or not _is_borne(order, found):
        order.findings.hold("amount_mismatch")
    return found


def paid_shares(order: Source, money: OrderAmounts, totals: Sequence[tuple[str, Decimal]]) -> list[Decimal]:
    """What was paid for each item, without freight and tax. ``totals``: SKU and price × count.

    A coupon that names a SKU is borne by its items alone, all others by what is left of each.
    """
    left = [total for _, total in totals]
    for coupon in _coupons(order):
        own = [index for index, (sku, _) in enumerate(totals) if sku == coupon.identifier("skuId")]
        _note_bearer(coupon, bool(own) or _is_split(order, totals))
        parts = allocate(coupon.money("couponPrice", CURRENCY) or _ZERO, [totals[index][1] for index in own], CURRENCY)
        for index, part in zip(own, parts, strict=True):
            left[index] = max(left[index] - part, _ZERO)
    weights = left if any(left) else [total for _, total in totals]
    return allocate(money.paid - money.shipping - money.tax, weights, CURRENCY)


def _note_bearer(coupon: Source, is_known: bool) -> None:
    """JD writes an empty text where a coupon is borne by all. Without the field, or with a SKU that is not ordered, nobody knows.

    Of an order that was split each part tells all coupons, also those for the goods of others.
    """
    if coupon.raw("skuId") is None:
        coupon.findings.note(coupon.at("skuId"), "missing")
    elif coupon.identifier("skuId") not in (None, "0") and not is_known:
        coupon.findings.note(coupon.at("skuId"), "differs")


def _is_split(order: Source, totals: Sequence[tuple[str, Decimal]]) -> bool:
    return not totals or order.identifier("parentOrderId", "directParentOrderId") not in (None, "0")


def text_of(amount: Decimal) -> str | None:
    return money_text(amount, CURRENCY)


def _is_borne(order: Source, found: OrderAmounts) -> bool:
    """Whether the coupons tell the same discount as the sums, where coupons are told at all."""
    balance = order.money("balanceUsed", CURRENCY) or _ZERO
    coupons = _coupons(order)
    if not coupons:
        if found.discount_seller + found.discount_platform != balance:
            order.findings.note(order.at("couponDetailList"), "missing")
        return found.discount_platform >= balance
    told = sum_money(coupon.money("couponPrice", CURRENCY) or _ZERO for coupon in coupons)
    return told + balance == found.discount_seller + found.discount_platform


def _coupons(order: Source) -> list[Source]:
    return order.children("couponDetailList")


def _told(order: Source, key: str, otherwise: Decimal) -> Decimal:
    """An amount that every order has; where it was not sent, a note and what follows from the others."""
    found = order.money(key, CURRENCY)
    if found is None:
        order.findings.note(order.at(key), "missing")
    return otherwise if found is None else found
