"""Stock day by day: what lay in the warehouses at the end of each day, and on how many days there was any. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from engine.hub.stock import counted
from engine.store.stock_records import StockDay, StockLevel


class DayStock(msgspec.Struct, frozen=True):
    """``quantity``: units in all warehouses at the end of a UTC day; ``None`` before any warehouse told of it."""

    day: date
    quantity: int | None


def day_by_day(told: Iterable[StockDay], until: datetime, days: int) -> list[DayStock]:
    """Of one SKU, over so many days up to the one of ``until``. What a system told holds until it tells anew."""
    last = until.astimezone(UTC).date()
    by_day: dict[date, list[StockLevel]] = {}
    for one in told:
        by_day.setdefault(one.day, []).append(one.level)
    first = last - timedelta(days=days - 1)
    known: dict[tuple[str, str, str, str], StockLevel] = {}
    for day in sorted(one for one in by_day if one < first):
        _learn(known, by_day[day])
    found: list[DayStock] = []
    for number in range(days):
        day = first + timedelta(days=number)
        _learn(known, by_day.get(day, []))
        goods = counted(known.values())
        found.append(DayStock(day, sum(one.quantity for one in goods) if goods else None))
    return found


def days_with_stock(history: Sequence[DayStock]) -> int:
    """Days on which there was any, or on which nobody knows: at the end of that day or of the one before."""
    quantities = [one.quantity for one in history]
    before = [quantities[0], *quantities[:-1]] if quantities else []
    return sum(1 for here, earlier in zip(quantities, before, strict=True) if here is None or here > 0 or earlier is None or earlier > 0)


def days_on_sale(told: Iterable[StockDay], until: datetime, days: int) -> Mapping[str, int]:
    """By SKU: on how many of so many days it could be sold; at least one."""
    by_sku: dict[str, list[StockDay]] = {}
    for one in told:
        by_sku.setdefault(one.level.sku_code, []).append(one)
    return {sku: max(1, days_with_stock(day_by_day(found, until, days))) for sku, found in by_sku.items()}


def _learn(known: dict[tuple[str, str, str, str], StockLevel], levels: Iterable[StockLevel]) -> None:
    for one in levels:
        known[one.system, *one.place] = one
