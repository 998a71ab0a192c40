"""The money of an order. Amounts are yuan as JSON numbers; only the affiliate API counts in fen.

Two identities hold (field documentation of pdd.order.information.get): goods = Σ price × count − change of price, and
payment = goods − discount + postage, where the discount is what platform, seller and group leader's offer bear together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.sdk import Source, allocate, money_text, round_money, sum_money

CURRENCY = "CNY"
_ZERO = Decimal(0)
_NOISE = Decimal("0.000001")


@dataclass(frozen=True)
class OrderAmounts:
    """Exact amounts of an order."""

    items: Decimal
    discount_seller: Decimal
    discount_platform: Decimal
    shipping: Decimal
    paid: Decimal
    tax: Decimal = _ZERO


def order_amounts(order: Source, prices: Sequence[tuple[Decimal, int]]) -> OrderAmounts:
    """``prices``: price and count of each item. What does not add up holds the order as ``amount_mismatch`` and is left as it is."""
    paid, goods, listed = yuan(order, "pay_amount"), yuan(order, "goods_amount"), sum_money(price * count for price, count in prices)
    if paid is None:
        raise order.missing("pay_amount")
    if goods is None:
        order.findings.note(order.at("goods_amount"), "missing")
        goods = listed
    found = OrderAmounts(
        items=goods,
        discount_seller=yuan(order, "seller_discount") or _ZERO,
        discount_platform=(yuan(order, "platform_discount") or _ZERO) + (yuan(order, "capital_free_discount") or _ZERO),
        shipping=yuan(order, "postage") or _ZERO,
        paid=paid,
    )
    if not _adds_up(order, found, listed):
        order.findings.hold("amount_mismatch")
    return found


def paid_shares(money: OrderAmounts, prices: Sequence[tuple[Decimal, int]]) -> list[str | None]:
    """What was paid for each item, without postage: pro rata, for the platform does not tell."""
    shares = allocate(money.paid - money.shipping, [price * count for price, count in prices], CURRENCY)
    return [money_text(share, CURRENCY) for share in shares]


def yuan(source: Source, key: str) -> Decimal | None:
    """An amount. A double's noise behind the sixth decimal (53.800000000000004) is the nearest fen, and noted."""
    value = source.raw(key)
    if isinstance(value, Decimal) and value.is_finite() and abs(value) < 10**12:
        exact = round_money(value, CURRENCY)
        if exact != value and abs(exact - value) < _NOISE:
            source.findings.note(source.at(key), "unreadable", "number")
            return exact
    return source.money(key, CURRENCY, number=True)


def _adds_up(order: Source, found: OrderAmounts, listed: Decimal) -> bool:
    discount, borne = yuan(order, "discount_amount"), found.discount_seller + found.discount_platform
    changed, services = yuan(order, "order_change_amount") or _ZERO, _services(order)
    due = found.items - borne + found.shipping
    return (
        (discount is None or discount == borne)
        and found.items in (listed, listed - changed)
        and found.paid in (due, due + services, due - changed)
    )


def _services(order: Source) -> Decimal:
    return sum_money(yuan(one, "service_fee") or _ZERO for one in order.children("service_fee_detail"))
