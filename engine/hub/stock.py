"""Stock by SKU: what lies in the warehouses, what is sold and not shipped, what channels offer; and what is wrong with it. Pure.

Units that a warehouse counts include those that are reserved for orders: what is free is what lies there less what is sold and not
shipped. Where two systems tell of the same warehouse, the newer level counts, and a difference between them is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Final, Literal

import msgspec

from engine.store.stock_records import Sold, StockLevel, StockLimit

WINDOW: Final = 14
"""Days over which sales are counted."""
NOTHING: Final[Mapping[str, int]] = {}
FindingKind = Literal["oversold", "short", "offered_too_many", "not_offered", "different"]
KINDS: Final[tuple[FindingKind, ...]] = ("oversold", "short", "offered_too_many", "not_offered", "different")


@dataclass(frozen=True, slots=True)
class Needs:
    """What all SKUs need that have no limit of their own: units, and days that they must last. ``None``: not asked."""

    at_least: int | None = 10
    days: int | None = None


class StockLine(msgspec.Struct, frozen=True):
    """One SKU. ``quantity``: units in all warehouses, ``None`` where no warehouse names it; ``open``: sold and not shipped;
    ``free``: what is left of them; ``daily``: units sold a day, of days on which there were any (one decimal); ``cover``: days that the
    free units last.
    """

    sku_code: str
    quantity: int | None
    open: int
    free: int
    daily: str
    cover: int | None
    levels: Sequence[StockLevel]
    at: datetime | None
    at_least: int | None = None
    days: int | None = None


class Finding(msgspec.Struct, frozen=True):
    """Something wrong with a SKU. ``expected`` and ``found``: units; ``system`` and ``place``: where, empty for the SKU as a whole."""

    sku_code: str
    kind: FindingKind
    expected: int
    found: int
    system: str = ""
    place: str = ""


def lines_of(
    levels: Iterable[StockLevel],
    sold: Mapping[str, Sold],
    limits: Mapping[str, StockLimit],
    days: float = WINDOW,
    on_sale: Mapping[str, int] = NOTHING,
) -> list[StockLine]:
    """By SKU. A SKU that was only sold has a line, too, once any warehouse tells of its stock. ``days``: over which ``sold`` counts;
    ``on_sale``: on how many of them a SKU could be sold, where that is known: what was not there could not be sold.
    """
    by_sku: dict[str, list[StockLevel]] = {}
    for level in levels:
        by_sku.setdefault(level.sku_code, []).append(level)
    told = any(level.holds == "goods" for found in by_sku.values() for level in found)
    names = {*by_sku, *(sold if told else ())}
    return [_line(sku, by_sku.get(sku, []), sold.get(sku, Sold()), limits.get(sku), on_sale.get(sku, days)) for sku in sorted(names)]


def findings_of(lines: Iterable[StockLine], needs: Needs) -> list[Finding]:
    """By SKU, the worst first."""
    return [found for line in lines for found in _of_line(line, needs)]


def is_oversold(line: StockLine) -> bool:
    """More is sold and not shipped than there is."""
    return line.free < 0 and (line.quantity is not None or line.open > 0)


def is_short(line: StockLine, needs: Needs) -> bool:
    """The SKU's own limits count before those of all."""
    if line.quantity is None and not line.open:
        return False
    at_least = line.at_least if line.at_least is not None else needs.at_least
    days = line.days if line.days is not None else needs.days
    return (at_least is not None and line.free < at_least) or (days is not None and line.cover is not None and line.cover < days)


def _line(sku: str, levels: Sequence[StockLevel], sold: Sold, limit: StockLimit | None, days: float) -> StockLine:
    goods = counted(levels)
    quantity = sum(one.quantity for one in goods) if goods else None
    free = (quantity or 0) - sold.open
    daily = (Decimal(sold.sold) / Decimal(str(days))).quantize(Decimal("0.1"))
    cover = int((Decimal(max(free, 0)) * Decimal(str(days)) / sold.sold).to_integral_value(ROUND_DOWN)) if sold.sold else None
    return StockLine(
        sku, quantity, sold.open, free, str(daily), cover, tuple(levels), max((one.at for one in levels), default=None),
        limit.at_least if limit else None, limit.days if limit else None,
    )  # fmt: skip


def counted(levels: Iterable[StockLevel]) -> list[StockLevel]:
    """Each named warehouse once, as the system that told of it last has it; without a name it is the system's own."""
    found: dict[str, StockLevel] = {}
    for one in levels:
        if one.holds == "goods":
            name = one.warehouse or f"/{one.system}/{one.shop_id}"
            if name not in found or one.at > found[name].at:
                found[name] = one
    return list(found.values())


def _of_line(line: StockLine, needs: Needs) -> Iterable[Finding]:
    if is_oversold(line):
        yield Finding(line.sku_code, "oversold", line.open, line.quantity or 0)
    elif is_short(line, needs):
        at_least = line.at_least if line.at_least is not None else needs.at_least
        yield Finding(line.sku_code, "short", at_least or 0, line.free)
    free = max(line.free, 0)
    goods = counted(line.levels)
    for one in line.levels:
        place = "/".join(part for part in (one.shop_id, one.warehouse) if part)
        if one.holds == "offer" and goods:
            if one.quantity > free:
                yield Finding(line.sku_code, "offered_too_many", free, one.quantity, one.system, place)
            elif one.quantity <= 0 < free:
                yield Finding(line.sku_code, "not_offered", free, one.quantity, one.system, place)
        elif one.holds == "goods" and one not in goods:
            first = next(other for other in goods if other.warehouse == one.warehouse)
            if first.quantity != one.quantity:
                yield Finding(line.sku_code, "different", first.quantity, one.quantity, one.system, place)
