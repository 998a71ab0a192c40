"""Exact money: a decimal that never meets a double, never rounds and has no exponent."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow

from engine.expression.errors import OperationError

MAX_DIGITS = 60
_is_decimal = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?").fullmatch
_EXACT = Context(prec=4 * MAX_DIGITS, Emin=-999, Emax=999, traps=[Inexact, InvalidOperation, Overflow])


class MoneyValue(Decimal):
    """What ``money(x)`` yields; a type of its own, so that it is never taken for a number from JSON.

    Comparisons are those of ``Decimal`` and only ever meet money or an int, see ``operators``. It keeps the scale it
    was written with: ``money("1.50") + money("2")`` is ``3.50``.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return format(Decimal(self), "f")


def read_money(text: str) -> MoneyValue:
    """A decimal string such as ``-12.50``, without blanks, signs of grouping or exponent; else ``expression.money``."""
    if not _is_decimal(text):
        raise OperationError("expression.money")
    return MoneyValue(text) if text[0] != "-" else _exact(Decimal(text))


def money_from_number(number: int | Decimal) -> MoneyValue:
    """A whole number, or a fractional number of JSON as it was written."""
    amount = Decimal(number)
    if not amount.is_finite() or len(amount.as_tuple().digits) > MAX_DIGITS or abs(amount.adjusted()) > MAX_DIGITS:
        raise OperationError("expression.money")
    return _exact(amount if int(amount.as_tuple().exponent) <= 0 else amount.quantize(Decimal(1), context=_EXACT))


def add(left: Decimal | int, right: Decimal | int) -> MoneyValue:
    """The exact sum, with the finer scale of the two."""
    return _computed(_EXACT.add, left, right)


def subtract(left: Decimal | int, right: Decimal | int) -> MoneyValue:
    """The exact difference, with the finer scale of the two."""
    return _computed(_EXACT.subtract, left, right)


def multiply(left: Decimal | int, right: Decimal | int) -> MoneyValue:
    """The exact product of an amount and a whole number."""
    return _computed(_EXACT.multiply, left, right)


def negate(amount: Decimal) -> MoneyValue:
    """The opposite amount; zero has no sign."""
    return _exact(_EXACT.minus(amount))


def _computed(operation: Callable[[Decimal | int, Decimal | int], Decimal], left: Decimal | int, right: Decimal | int) -> MoneyValue:
    try:
        return MoneyValue(operation(left, right))
    except (Inexact, InvalidOperation, Overflow):
        raise OperationError("expression.overflow") from None


def _exact(amount: Decimal) -> MoneyValue:
    return MoneyValue(_EXACT.plus(amount))
