"""The money of a trade. All amounts are yuan as decimal text.

Two identities hold (field documentation of taobao.trade.fullinfo.get):
goods = Σ price × num, and goods − discounts + adjustments + postage + tax = payment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from engine.sdk import Source, sum_money

CURRENCY = "CNY"
_ZERO = Decimal(0)


@dataclass(frozen=True)
class TradeAmounts:
    """Exact amounts of a trade; ``discount_seller`` includes the seller's manual adjustments (a rebate counts positive)."""

    items: Decimal
    discount_seller: Decimal
    discount_platform: Decimal
    shipping: Decimal
    tax: Decimal
    paid: Decimal

    def add_up(self) -> bool:
        """Whether the payment follows from the parts. A platform's subsidy may or may not be part of the payment: both are real."""
        due = self.items - self.discount_seller + self.shipping + self.tax
        return self.paid in (due, due - self.discount_platform)


def trade_amounts(trade: Source, lines: list[Source], goods: Decimal) -> TradeAmounts:
    """``goods``: Σ price × num of the sub-orders, which stands in where the trade names no total."""
    paid = trade.money("payment", CURRENCY)
    if paid is None:
        raise trade.missing("payment")
    items = trade.money("total_fee", CURRENCY)
    if items is None:
        trade.findings.note(trade.at("total_fee"), "missing")
        items = goods
    own = sum_money(_each(lines, "discount_fee")) - _adjustments(trade, lines)
    readings = [_reading(trade, items, own + whole, paid) for whole in _whole_trade_discounts(trade, lines)]
    as_told = next((reading for reading in readings if reading.discount_seller), readings[0])
    return next((reading for reading in readings if reading.add_up()), as_told)


def paid_share(line: Source, amounts: TradeAmounts, alone: bool) -> Decimal | None:
    """What was paid for a sub-order, without postage.

    Trap: with a single sub-order its ``payment`` is that of the trade, postage and tax included; with several it has neither.
    """
    extra = amounts.shipping + amounts.tax if alone else _ZERO
    share, payment = line.money("divide_order_fee", CURRENCY), line.money("payment", CURRENCY)
    if share is not None:
        return share - extra if extra and share == amounts.paid else share
    if payment is None:
        return None
    return payment - extra - (_ZERO if alone else line.money("part_mjz_discount", CURRENCY) or _ZERO)


def _reading(trade: Source, items: Decimal, discount: Decimal, paid: Decimal) -> TradeAmounts:
    return TradeAmounts(
        items=items,
        discount_seller=discount,
        discount_platform=(trade.money("platform_subsidy_fee", CURRENCY) or _ZERO) + _red_packet(trade),
        shipping=trade.money("post_fee", CURRENCY) or _ZERO,
        tax=trade.money("order_tax_fee", CURRENCY) or _ZERO,
        paid=paid,
    )


def _whole_trade_discounts(trade: Source, lines: list[Source]) -> list[Decimal]:
    """The discount of the whole trade is told in three places of which Taobao fills some: its promotions, its own figure, and the
    sub-orders' shares of it. A promotion that names a sub-order is in that one's ``discount_fee`` already.
    """
    tid, ids = trade.identifier("tid_str", "tid"), {line.identifier("oid_str", "oid") for line in lines}
    promotions = [one for one in trade.children("promotion_details", "promotion_detail") if one.identifier("id") not in ids - {tid}]
    told = [sum_money(_each(promotions, "discount_fee")), trade.money("discount_fee", CURRENCY) or _ZERO]
    return [*told, sum_money(_each(lines, "part_mjz_discount")), _ZERO]


def _adjustments(trade: Source, lines: list[Source]) -> Decimal:
    """With several sub-orders the trade's own figure is 0, with one it repeats the sub-order's: it never adds to theirs."""
    return sum_money(_each(lines, "adjust_fee")) or trade.money("adjust_fee", CURRENCY) or _ZERO


def _red_packet(trade: Source) -> Decimal:
    """``coupon_fee`` is documented as an integer, which counts fen as Taobao's other integer amounts do; as text it is yuan."""
    value = trade.raw("coupon_fee")
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value).scaleb(-2)
    return trade.money("coupon_fee", CURRENCY) or _ZERO


def _each(sources: list[Source], key: str) -> Iterator[Decimal]:
    return (source.money(key, CURRENCY) or _ZERO for source in sources)
