"""Stock by SKU: what lies in the warehouses, what is sold and not shipped, what channels offer, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from litestar import get, put
from litestar.params import FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta

from designer.api.given import Actor, Limit, Loom
from designer.api.shapes import Listed, utc, utc_or_none
from engine.app import Orderloom
from engine.errors import InputInvalid, NotFound, Problem
from engine.hub.stock import KINDS, Finding, Needs, StockLine, findings_of
from engine.hub.stock_desk import SHOWN_DAYS
from engine.order import clean_sku
from engine.store.stock_records import KEPT_DAYS, StockLevel, StockLimit
from engine.watch.rules import StockShort

WRONG: Final = "wrong"
LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class LevelShown:
    """``holds``: ``goods`` in a warehouse, or what a channel ``offer``s. ``at``: since when it is so."""

    system: str
    holds: str
    shop_id: str
    warehouse: str
    quantity: int
    reserved: int | None
    at: str


@dataclass(frozen=True, slots=True)
class FindingShown:
    """``kind``: oversold, short, offered_too_many, not_offered or different; ``expected`` and ``found``: units."""

    kind: str
    expected: int
    found: int
    system: str
    place: str


@dataclass(frozen=True, slots=True)
class StockShown:
    """``quantity``: units in all warehouses, null where none names it; ``open``: sold and not shipped; ``free``: what is left of them;
    ``daily``: units sold a day, of those of the last 14 on which there were any; ``cover``: days that the free units last. ``at_least``,
    ``days``: limits of its own.
    """

    sku_code: str
    quantity: int | None
    open: int
    free: int
    daily: str
    cover: int | None
    at_least: int | None
    days: int | None
    findings: Sequence[FindingShown]
    levels: Sequence[LevelShown]


@dataclass(frozen=True, slots=True)
class SourceShown:
    """``read_at``: when its whole list was read last; null where it only tells of changes."""

    system: str
    holds: str
    read_at: str | None
    told_at: str


@dataclass(frozen=True, slots=True)
class DayShown:
    """``quantity``: units in all warehouses at the end of the day; null before any told of it."""

    day: str
    quantity: int | None


@dataclass(frozen=True, slots=True)
class LimitGiven:
    """Null: as for all SKUs."""

    at_least: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    days: Annotated[int, Meta(ge=1, le=365)] | None = None


@get("/stock", opt={"permission": "order.read"})
async def list_stock(
    orderloom: Loom,
    sku: Annotated[str | None, QueryParameter(description="A part of the SKU code.", max_length=LONGEST)] = None,
    show: Annotated[str, QueryParameter(description="A kind of finding, wrong for any of them, or all.", max_length=20)] = "all",
    limit: Limit = 50,
    cursor: Annotated[str | None, QueryParameter(description="As the answer before gave it.", max_length=LONGEST)] = None,
) -> Listed[StockShown]:
    """By SKU."""
    found = await stock_lines(orderloom, sku, show)
    later = [pair for pair in found if cursor is None or pair[0].sku_code > cursor]
    more = len(later) > limit
    return Listed([_shown(line, findings) for line, findings in later[:limit]], later[limit - 1][0].sku_code if more else None)


@get("/stock/sources", opt={"permission": "order.read"})
async def list_sources(orderloom: Loom) -> Listed[SourceShown]:
    """The systems that told of stock, and when."""
    found = await orderloom.store.stock_sources()
    return Listed([SourceShown(one.system, one.holds, utc_or_none(one.read_at), utc(one.told_at)) for one in found])


@get("/stock/one", opt={"permission": "order.read"})
async def show_stock(sku: FromQuery[str], orderloom: Loom) -> StockShown:
    """One SKU."""
    return _shown(*await one_sku(orderloom, sku))


@get("/stock/history", opt={"permission": "order.read"})
async def show_history(
    sku: FromQuery[str],
    orderloom: Loom,
    days: Annotated[int, QueryParameter(ge=1, le=KEPT_DAYS, description="So many days up to today.")] = SHOWN_DAYS,
) -> Listed[DayShown]:
    """One SKU day by day (UTC), the oldest first."""
    line, _ = await one_sku(orderloom, sku)
    found = await orderloom.desk.stock.history(line.sku_code, days)
    return Listed([DayShown(one.day.isoformat(), one.quantity) for one in found])


@put("/stock/limit", opt={"permission": "stock.write"}, status_code=HTTP_200_OK)
async def set_limit(sku: FromQuery[str], data: JSONBody[LimitGiven], orderloom: Loom, actor: Actor) -> LimitGiven:
    """When this SKU is short. Nulls take its limits away."""
    await keep_limit(orderloom, sku, data.at_least, data.days, actor)
    return data


async def stock_lines(orderloom: Orderloom, sku: str | None, show: str) -> list[tuple[StockLine, list[Finding]]]:
    """``show``: a kind of finding, ``wrong`` or anything else for all. Raises ``InputInvalid`` (``stock.unknown_kind``)."""
    if show not in ("all", WRONG, *KINDS):
        raise InputInvalid(Problem("stock.unknown_kind", ("show",), {"known": ", ".join(("all", WRONG, *KINDS))}))
    wanted, needs = (sku or "").strip().upper(), needs_of(orderloom)
    pairs = [(line, findings_of([line], needs)) for line in await orderloom.desk.stock.lines() if wanted in line.sku_code.upper()]
    return [(line, found) for line, found in pairs if show == "all" or any(show in (WRONG, one.kind) for one in found)]


async def one_sku(orderloom: Orderloom, sku: str) -> tuple[StockLine, list[Finding]]:
    """Raises ``NotFound`` (``stock.unknown_sku``)."""
    wanted = clean_sku(sku)
    for line in await orderloom.desk.stock.lines():
        if line.sku_code in (sku, wanted):
            return line, findings_of([line], needs_of(orderloom))
    raise NotFound(Problem("stock.unknown_sku", (sku[:LONGEST],)))


async def keep_limit(orderloom: Orderloom, sku: str, at_least: int | None, days: int | None, actor: str) -> None:
    """Raises ``NotFound`` (``stock.unknown_sku``) for what is no SKU code."""
    code = clean_sku(sku)
    if code is None or len(code) > LONGEST:
        raise NotFound(Problem("stock.unknown_sku", (sku[:LONGEST],)))
    await orderloom.store.set_stock_limit(StockLimit(code, at_least, days), actor=actor)


def needs_of(orderloom: Orderloom) -> Needs:
    """What the rule of alarms about short SKUs says; the first of them that is in use."""
    for rule in orderloom.watch.rules.rules().values():
        if isinstance(rule, StockShort) and rule.enabled:
            return Needs(rule.at_least, rule.days)
    return Needs()


def _shown(line: StockLine, findings: Sequence[Finding]) -> StockShown:
    shown: Any = [FindingShown(one.kind, one.expected, one.found, one.system, one.place) for one in findings]
    levels = [_level(one) for one in line.levels]
    return StockShown(
        line.sku_code, line.quantity, line.open, line.free, line.daily, line.cover, line.at_least, line.days, shown, levels
    )  # fmt: skip


def _level(one: StockLevel) -> LevelShown:
    return LevelShown(one.system, one.holds, one.shop_id, one.warehouse, one.quantity, one.reserved, utc(one.at))


routes = [list_stock, list_sources, show_stock, show_history, set_limit]
