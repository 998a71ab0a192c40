"""Money: exact decimals inside, decimal text with the scale of its currency (ISO 4217) outside, never a float."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal

from engine.errors import NodeError

_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DECIMALS = "CLF UYW"
_SCALES = {
    **dict.fromkeys(_NO_DECIMALS.split(), 0),
    **dict.fromkeys(_THREE_DECIMALS.split(), 3),
    **dict.fromkeys(_FOUR_DECIMALS.split(), 4),
}
_MOST_DIGITS = 18
"""So that products with a quantity stay exact within the 28 digits of the default context."""
_UNITS = [Decimal(1).scaleb(-scale) for scale in range(5)]
_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_WIDE = Context(prec=80)


def scale_of(currency: str) -> int:
    """How many decimals a currency has (JPY 0, CNY 2, KWD 3). Raises ``NodeError`` ``currency.invalid``."""
    if not _CURRENCY.fullmatch(currency):
        raise NodeError("currency.invalid")
    return _SCALES.get(currency, 2)


def parse_money(value: object, currency: str, *, path: str = "amount") -> Decimal:
    """The exact amount, at the scale of the currency, of plain decimal text, an integer or a ``Decimal``.

    Raises ``NodeError`` ``money.invalid``: a float (it has lost the exact amount already), text that is no plain decimal,
    or more decimals than the currency has. ``path`` names the place in the message.
    """
    scale = scale_of(currency)
    if isinstance(value, str) and _AMOUNT.fullmatch(text := value.strip()):
        return _at_scale(Decimal(text), scale, path, currency)
    if isinstance(value, int) and not isinstance(value, bool):
        return _at_scale(Decimal(value), scale, path, currency)
    if isinstance(value, Decimal) and value.is_finite():
        return _at_scale(value, scale, path, currency)
    raise NodeError("money.invalid", path=path, currency=currency)


def format_money(amount: Decimal, currency: str, *, path: str = "amount") -> str:
    """Decimal text with the scale of the currency: ``301.60`` CNY, ``10030`` JPY, ``1.234`` KWD."""
    return f"{_at_scale(amount, scale_of(currency), path, currency):f}"


def round_money(amount: Decimal, currency: str) -> Decimal:
    """The nearest amount that the currency can express, halves away from zero: for derived figures only."""
    return _rounded(amount, scale_of(currency))


def sum_money(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum; zero of nothing."""
    return sum(amounts, Decimal(0))


def allocate(total: Decimal, weights: Sequence[Decimal | int], currency: str) -> list[Decimal]:
    """Share ``total`` in proportion to ``weights`` (none negative) so that the shares add up to it exactly.

    Largest remainder method; on a tie the earlier share gets the unit. Weights that are all zero share equally.
    """
    if not weights:
        return []
    scale = scale_of(currency)
    exact = [Decimal(weight) for weight in weights]
    if not any(exact):
        exact = [Decimal(1)] * len(exact)
    units, whole = int(_at_scale(total, scale, "total", currency).scaleb(scale)), sum_money(exact)
    sign, units = (-1, -units) if units < 0 else (1, units)
    parts = [_WIDE.divide(_WIDE.multiply(Decimal(units), weight), whole) for weight in exact]
    floors = [int(part.to_integral_value(ROUND_FLOOR)) for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda index: (floors[index] - parts[index], index))
    for index in by_remainder[: units - sum(floors)]:
        floors[index] += 1
    return [Decimal(sign * floor).scaleb(-scale) for floor in floors]


def _at_scale(amount: Decimal, scale: int, path: str, currency: str) -> Decimal:
    if amount.is_finite() and amount.adjusted() < _MOST_DIGITS:
        exact = amount if amount.same_quantum(_UNITS[scale]) else _rounded(amount, scale)
        if exact == amount:
            return exact if exact else exact.copy_abs()
    raise NodeError("money.invalid", path=path, currency=currency)


def _rounded(amount: Decimal, scale: int) -> Decimal:
    return amount.quantize(_UNITS[scale], ROUND_HALF_UP, _WIDE)
