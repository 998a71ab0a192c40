"""Stock as flows, pages and the watch ask for it: told levels are kept, lines and findings are made when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast, get_args

from engine.errors import NodeError
from engine.hub.stock import KINDS, WINDOW, Finding, Needs, StockLine, findings_of, lines_of
from engine.hub.stock_history import DayStock, day_by_day, days_on_sale
from engine.order import clean_sku, instant, utc_text
from engine.store.ports import Store
from engine.store.stock_records import Holds, StockLevel, StockTake

MOST: Final = 2**53
SHOWN_DAYS: Final = 30
RENEWED_EVERY: Final = timedelta(minutes=5)
MOST_FOUND: Final = 2_000
"""Findings that a flow is given one by one; more are counted."""


class StockDesk:
    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._on_sale: tuple[datetime, Mapping[str, int]] | None = None

    async def keep(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """``{system, holds, at, whole, levels: [{sku_code, quantity, warehouse?, shop_id?, reserved?, at?}]}``.

        The result: ``kept``, ``changed``, ``older``, ``gone``. Raises ``NodeError`` (``stock.bad_level``).
        """
        counts = await self._store.keep_stock(take_of(asked))
        self._on_sale = None
        return {"kept": counts.kept, "changed": counts.changed, "older": counts.older, "gone": counts.gone}

    async def check(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """``{at_least?, days?, kinds}`` to ``{at, found, rows}``: rows of the wanted kinds, at most ``MOST_FOUND`` of ``found``."""
        kinds = set(asked.get("kinds") or KINDS)
        found = [one for one in await self.findings(Needs(asked.get("at_least"), asked.get("days"))) if one.kind in kinds]
        lines = {line.sku_code: line for line in await self.lines()}
        rows = [_row(one, lines.get(one.sku_code)) for one in found[:MOST_FOUND]]
        return {"at": utc_text(self._now()), "found": len(found), "rows": rows}

    async def lines(self) -> Sequence[StockLine]:
        levels = await self._store.stock_levels()
        sold = await self._store.sold(self._now() - timedelta(days=WINDOW))
        return lines_of(levels, sold, await self._store.stock_limits(), on_sale=await self._days_on_sale())

    async def history(self, sku_code: str, days: int = SHOWN_DAYS) -> Sequence[DayStock]:
        """Of one SKU, the last day is today."""
        return day_by_day(await self._store.stock_days(sku_code), self._now(), days)

    async def _days_on_sale(self) -> Mapping[str, int]:
        """Asked anew after a while, and once anything was told: whoever watches asks every few seconds."""
        now = self._now()
        if self._on_sale is None or not timedelta(0) <= now - self._on_sale[0] < RENEWED_EVERY:
            self._on_sale = now, days_on_sale(await self._store.stock_days(), now, WINDOW)
        return self._on_sale[1]

    async def findings(self, needs: Needs) -> Sequence[Finding]:
        return findings_of(await self.lines(), needs)


def take_of(asked: Mapping[str, Any]) -> StockTake:
    """Raises ``NodeError`` (``stock.bad_level``) for a level without a SKU, or whose quantity is no whole number. Pure."""
    system, at = str(asked["system"]), cast("datetime", instant(asked["at"]))
    holds = cast("Holds", asked["holds"]) if asked["holds"] in get_args(Holds) else "goods"
    listed = cast("Sequence[Any]", asked["levels"])
    return StockTake(
        system, holds, at, tuple(_level(system, holds, at, n, one) for n, one in enumerate(listed, 1)), bool(asked.get("whole"))
    )


def _level(system: str, holds: Holds, at: datetime, number: int, told: Any) -> StockLevel:
    one: Mapping[str, Any] = cast("Mapping[str, Any]", told) if isinstance(told, Mapping) else {}
    sku = one.get("sku_code")
    sku_code = clean_sku(sku) if isinstance(sku, str) else None
    if sku_code is None:
        raise NodeError("stock.bad_level", number=number, field="sku_code")
    quantity = units(one.get("quantity"))
    if quantity is None:
        raise NodeError("stock.bad_level", number=number, field="quantity")
    try:
        since = instant(one["at"]) if one.get("at") else None
    except NodeError:
        raise NodeError("stock.bad_level", number=number, field="at") from None
    shop, warehouse = (str(one.get(name) or "") for name in ("shop_id", "warehouse"))
    return StockLevel(system, shop, warehouse, sku_code, holds, quantity, min(since or at, at), units(one.get("reserved")))


def units(value: object) -> int | None:
    """A whole number, also as text (``12``, ``12.0``); ``None`` for what is none."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(str(value).strip())
    except ValueError:
        return None
    return int(number) if number == int(number) and abs(number) <= MOST else None


def _row(one: Finding, line: StockLine | None) -> dict[str, Any]:
    known = {"open": line.open, "free": line.free, "quantity": line.quantity, "daily": line.daily, "cover": line.cover} if line else {}
    told = {"sku_code": one.sku_code, "kind": one.kind, "expected": one.expected, "found": one.found}
    return {**told, "system": one.system, "place": one.place, **known}
