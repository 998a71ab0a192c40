"""Stock as systems tell it: what is where, since when; and what is asked of each SKU."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, TypeAlias

Holds = Literal["goods", "offer"]
"""What a system tells of: ``goods`` that lie in its warehouses, or the ``offer`` of a sales channel."""
SHOWN_AT_MOST: Final = 2_000
KEPT_DAYS: Final = 90
"""Stock of days before is forgotten, but for what it was last."""
Place: TypeAlias = tuple[str, str, str]
"""Shop, warehouse, SKU."""


@dataclass(frozen=True, slots=True)
class StockLevel:
    """How many units of a SKU a system told of, and when that was so (``at``). ``reserved``: how many of them are for orders already.

    ``listed`` is false once a whole list of the system came without it.
    """

    system: str
    shop_id: str
    warehouse: str
    sku_code: str
    holds: Holds
    quantity: int
    at: datetime
    reserved: int | None = None
    listed: bool = True

    @property
    def place(self) -> Place:
        return self.shop_id, self.warehouse, self.sku_code


@dataclass(frozen=True, slots=True)
class StockTake:
    """What a system told at once. ``whole``: all that it has; what it does not name is not there any more."""

    system: str
    holds: Holds
    at: datetime
    levels: tuple[StockLevel, ...]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class StockSource:
    """``read_at``: when its last whole list was read; ``None`` where it only tells of changes."""

    system: str
    holds: Holds
    read_at: datetime | None
    told_at: datetime


@dataclass(frozen=True, slots=True)
class TakeCounts:
    """Levels that are ``kept`` now as told, of which ``changed`` are new or different; ``older`` than what was known; ``gone``."""

    kept: int = 0
    changed: int = 0
    older: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class StockLimit:
    """Of a SKU: it is short with fewer units than ``at_least``, or with what lasts for fewer days than ``days``. ``None``: as for all."""

    sku_code: str
    at_least: int | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Sold:
    """Of a SKU, by the hub's orders: units sold and not shipped (``open``), and units sold since some time (``sold``)."""

    open: int = 0
    sold: int = 0


@dataclass(frozen=True, slots=True)
class StockDay:
    """The last that a system told of a place on a UTC day: 0 where its whole list came without it."""

    day: date
    level: StockLevel


def day_of(level: StockLevel) -> StockDay:
    return StockDay(level.at.astimezone(UTC).date(), level if level.listed else replace(level, quantity=0, listed=True))


def too_old(source: StockSource | None, told: StockSource) -> date | None:
    """Before which day stock is forgotten now: asked once a day that a system tells of. Pure."""
    today = told.told_at.astimezone(UTC).date()
    if source is not None and source.told_at.astimezone(UTC).date() == today:
        return None
    return today - timedelta(days=KEPT_DAYS)


def merged(known: Mapping[Place, StockLevel], source: StockSource | None, take: StockTake) -> tuple[Sequence[StockLevel], TakeCounts]:
    """The levels to write, and how many there were of what. What was so earlier never takes the place of what is so now. Pure."""
    read_at = source.read_at if source is not None else None
    told: dict[Place, StockLevel] = {}
    for level in take.levels:
        before = told.get(level.place)
        if before is None or level.at >= before.at:
            told[level.place] = level
    writes: list[StockLevel] = []
    kept = changed = older = 0
    for place, level in told.items():
        before = known.get(place)
        if _is_older(level, before, read_at):
            older += 1
            continue
        kept += 1
        if before is None or not _same(before, level):
            changed += 1
        if before != level:
            writes.append(level)
    gone = list(_gone(known.values(), told, take)) if take.whole else []
    return [*writes, *gone], TakeCounts(kept, changed, older, len(gone))


def _is_older(level: StockLevel, before: StockLevel | None, read_at: datetime | None) -> bool:
    if before is not None and level.at < before.at:
        return True
    return before is None and read_at is not None and level.at < read_at


def _gone(known: Iterable[StockLevel], told: Mapping[Place, StockLevel], take: StockTake) -> Iterable[StockLevel]:
    for level in known:
        if level.listed and level.place not in told and level.at < take.at:
            yield replace(level, listed=False, at=take.at)


def _same(one: StockLevel, other: StockLevel) -> bool:
    return (one.quantity, one.reserved, one.listed) == (other.quantity, other.reserved, other.listed)


def told_by(source: StockSource | None, take: StockTake) -> StockSource:
    """What is known of a system once it has told this. Pure."""
    read_at = source.read_at if source is not None else None
    if take.whole and (read_at is None or take.at > read_at):
        read_at = take.at
    told_at = take.at if source is None else max(source.told_at, take.at)
    return StockSource(take.system, take.holds, read_at, told_at)


def limit_detail(limit: StockLimit) -> dict[str, str]:
    return {name: str(value) for name, value in (("at_least", limit.at_least), ("days", limit.days)) if value is not None}
