"""Sums that have to be right. What does not add up is held and never rebalanced: which of the figures is wrong is not for us to guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.order.money import scale_of
from engine.order.rules.parts import lines_of, part_of

_NOT_PAID = "unpaid"


def sums_are_wrong(order: Mapping[str, Any], identities: Sequence[str]) -> bool:
    """``total``: goods less discounts, plus shipping and tax, is what was paid (tax may stand inside the prices). ``lines``: prices times
    quantities are the goods. Only sums whose figures are all there count.
    """
    amount = {name: _exact(value) for name, value in part_of(order, "amount").items()}
    return ("total" in identities and _total_is_wrong(order, amount)) or ("lines" in identities and _lines_are_wrong(order, amount))


def _total_is_wrong(order: Mapping[str, Any], amount: Mapping[str, Decimal | None]) -> bool:
    items, paid = amount.get("items"), amount.get("paid")
    if items is None or paid is None or (order.get("payment_status") == _NOT_PAID and not paid):
        return False
    tax = amount.get("tax") or Decimal(0)
    due = items - (amount.get("discount_seller") or 0) - (amount.get("discount_platform") or 0) + (amount.get("shipping") or 0)
    without_platform = due + (amount.get("discount_platform") or 0)  # some channels count what the platform pays as paid
    return paid not in (due, due + tax, without_platform, without_platform + tax)


def _lines_are_wrong(order: Mapping[str, Any], amount: Mapping[str, Decimal | None]) -> bool:
    """A price that was rounded may be half a unit off for each piece."""
    items, lines = amount.get("items"), [line for _, line in lines_of(order)]
    prices = [(_exact(line.get("unit_price")), line.get("qty")) for line in lines]
    if items is None or not lines or not all(price is not None and isinstance(quantity, int) for price, quantity in prices):
        return False
    goods = sum((price * quantity for price, quantity in prices if price is not None and isinstance(quantity, int)), Decimal(0))
    rounded = _smallest(order) * sum(abs(quantity) for _, quantity in prices if isinstance(quantity, int)) / 2
    return abs(goods - items) > rounded


def _smallest(order: Mapping[str, Any]) -> Decimal:
    try:
        return Decimal(1).scaleb(-scale_of(str(order.get("currency") or "CNY")))
    except Exception:  # noqa: BLE001 - an odd currency is told of elsewhere
        return Decimal("0.01")


def _exact(value: object) -> Decimal | None:
    try:
        exact = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    return exact if exact is not None and exact.is_finite() else None
