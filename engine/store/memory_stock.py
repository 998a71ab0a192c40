"""Stock in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from engine.store.memory_documents import MemoryDocuments
from engine.store.memory_journal import Kept
from engine.store.sold_states import NOT_SOLD, SOLD_NOT_SHIPPED
from engine.store.stock_records import (
    Place,
    Sold,
    StockDay,
    StockLevel,
    StockLimit,
    StockSource,
    StockTake,
    TakeCounts,
    day_of,
    limit_detail,
    merged,
    told_by,
    too_old,
)


class MemoryStock(MemoryDocuments):
    _kept: Kept

    async def keep_stock(self, take: StockTake) -> TakeCounts:
        kept = self._kept
        source = kept.stock_sources.get(take.system)
        known = {place: level for (system, place), level in kept.stock.items() if system == take.system}
        writes, counts = merged(known, source, take)
        kept.stock.update({(take.system, level.place): level for level in writes})
        days = [day_of(level) for level in writes]
        kept.stock_days.update({(take.system, one.level.place, one.day): one for one in days})
        told = kept.stock_sources[take.system] = told_by(source, take)
        forgotten = too_old(source, told)
        if forgotten is not None:
            self._forget(take.system, forgotten)
        return counts

    def _forget(self, system: str, before: date) -> None:
        """The last of a place before the day stays."""
        held, newest = self._kept.stock_days, dict[Place, date]()
        for owner, place, day in sorted(held, key=lambda one: one[2]):
            if owner == system and day <= before:
                if place in newest:
                    del held[system, place, newest[place]]
                newest[place] = day

    async def stock_days(self, sku_code: str | None = None) -> Sequence[StockDay]:
        held = list(self._kept.stock_days.values())
        missed = {one.level.sku_code for one in held if one.level.holds == "goods" and one.level.quantity <= 0}
        found = [one for one in held if one.level.sku_code in (missed if sku_code is None else (sku_code,))]
        return sorted(found, key=lambda one: (one.level.sku_code, one.day, one.level.system, one.level.shop_id, one.level.warehouse))

    async def stock_levels(self) -> Sequence[StockLevel]:
        listed = [level for level in self._kept.stock.values() if level.listed]
        return sorted(listed, key=lambda one: (one.sku_code, one.system, one.shop_id, one.warehouse))

    async def stock_sources(self) -> Sequence[StockSource]:
        return [source for _, source in sorted(self._kept.stock_sources.items())]

    async def sold(self, since: datetime) -> Mapping[str, Sold]:
        found: dict[str, Sold] = {}
        from_then = since.strftime("%Y-%m-%dT%H:%M:%SZ")
        for _, order in self._kept.orders.values():
            is_open = order.status in SOLD_NOT_SHIPPED
            counts = order.status not in NOT_SOLD and (order.created_at or "") >= from_then
            for line in order.lines:
                if line.sku_code:
                    before, units = found.get(line.sku_code, Sold()), line.quantity
                    found[line.sku_code] = Sold(before.open + units * is_open, before.sold + units * counts)
        return {sku: one for sku, one in found.items() if one.open or one.sold}

    async def stock_limits(self) -> Mapping[str, StockLimit]:
        return dict(sorted(self._kept.stock_limits.items()))

    async def set_stock_limit(self, limit: StockLimit, *, actor: str) -> None:
        if limit.at_least is None and limit.days is None:
            self._kept.stock_limits.pop(limit.sku_code, None)
        else:
            self._kept.stock_limits[limit.sku_code] = limit
        await self.audit(actor, "stock_limit.save", f"sku:{limit.sku_code}", limit_detail(limit))
