"""An order's money dealt out to its parts, so that every amount adds up to the cent. Pure.

Goods: what the lines of the part cost. Discounts: as the lines bear them (price less `paid_share`) where that adds up to the order's
discounts, else by the value of the goods. Shipping: by the rule that is chosen; tax: by value. Paid: goods less discounts plus shipping
and tax of the part, where the order as a whole adds up so; else by value. What cannot be divided goes to the largest remainder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from engine.sdk import Item, allocate, format_money, sum_money
from nodes.rule.goods import Line, currency_of, money_at, part_of, quantity

Shipping = Literal["value", "first"]
Amounts = dict[str, list[Decimal] | None]


def amounts_of(order: Item, parts: Sequence[Sequence[Line]], shipping: Shipping) -> list[dict[str, str | None]]:
    """The `amount` of every part. What the order does not know no part knows. Raises ``NodeError`` with ``money.invalid``."""
    currency, amount = currency_of(order), part_of(order, "amount")
    whole = {name: money_at(amount, name, currency, "amount") for name in _NAMES}
    goods = [_worth(lines, currency) for lines in parts]
    shares: Amounts = {name: None if total is None else allocate(total, _weights(goods), currency) for name, total in whole.items()}
    if whole["items"] == sum_money(goods):
        shares["items"] = goods
    if whole["shipping"] is not None and shipping == "first":
        shares["shipping"] = [whole["shipping"], *(Decimal(0) for _ in parts[1:])]
    _discounts(shares, whole, [_borne(lines, currency) for lines in parts], currency)
    _paid(shares, whole)
    return [
        {name: None if found is None else format_money(found[number], currency) for name, found in shares.items()}
        for number in range(len(parts))
    ]


def pieces_of(line: Line, counts: Sequence[int], currency: str) -> list[Line]:
    """One line in several parts, `counts` pieces in each: what was paid for it is dealt out by pieces."""
    paid = money_at(line, "paid_share", currency, "lines[]")
    if len(counts) == 1:
        return [line]
    dealt = [None] * len(counts) if paid is None else [format_money(one, currency) for one in allocate(paid, counts, currency)]
    return [{**line, "qty": count, "paid_share": share} for count, share in zip(counts, dealt, strict=True)]


_NAMES = ("items", "discount_seller", "discount_platform", "shipping", "tax", "paid")


def _worth(lines: Sequence[Line], currency: str) -> Decimal:
    return sum_money((money_at(line, "unit_price", currency, "lines[]") or Decimal(0)) * quantity(line) for line in lines)


def _weights(goods: Sequence[Decimal]) -> list[Decimal]:
    return [max(worth, Decimal(0)) for worth in goods]


def _borne(lines: Sequence[Line], currency: str) -> Decimal | None:
    """The discounts that the lines of a part bear; ``None`` where a line does not tell."""
    shares = [money_at(line, "paid_share", currency, "lines[]") for line in lines]
    known = [share for share in shares if share is not None]
    return _worth(lines, currency) - sum_money(known) if len(known) == len(shares) else None


def _discounts(shares: Amounts, whole: Mapping[str, Decimal | None], borne: Sequence[Decimal | None], currency: str) -> None:
    seller, platform = whole["discount_seller"], whole["discount_platform"]
    known = [one for one in borne if one is not None]
    if seller is None or platform is None or len(known) < len(borne) or min(known) < 0 or sum_money(known) != seller + platform:
        return
    if seller < 0 or platform < 0:
        return
    shares["discount_seller"] = first = allocate(seller, known, currency)
    shares["discount_platform"] = [all_of - mine for all_of, mine in zip(known, first, strict=True)]


def _paid(shares: Amounts, whole: Mapping[str, Decimal | None]) -> None:
    if _adds_up({name: None if amount is None else [amount] for name, amount in whole.items()}) != [whole["paid"]]:
        return
    shares["paid"] = _adds_up(shares)


def _adds_up(shares: Mapping[str, list[Decimal] | None]) -> list[Any] | None:
    """Goods less discounts plus shipping and tax, of every part; ``None`` where one of them is unknown."""
    found = [shares[name] for name in _NAMES[:-1]]
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        return None
    return [goods - seller - platform + shipping + tax for goods, seller, platform, shipping, tax in zip(*known, strict=True)]
