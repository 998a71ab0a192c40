"""Stock in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.store.memory_documents import MemoryDocuments
from engine.store.memory_journal import Kept
from engine.store.sold_states import NOT_SOLD, SOLD_NOT_SHIPPED
from engine.store.stock_records import (
    Sold,
    StockLevel,
    StockLimit,
    StockSource,
    StockTake,
    TakeCounts,
    limit_detail,
    merged,
    told_by,
)


class MemoryStock(MemoryDocuments):
    _kept: Kept

    async def keep_stock(self, take: StockTake) -> TakeCounts:
        kept = self._kept
        source = kept.stock_sources.get(take.system)
        known = {place: level for (system, place), level in kept.stock.items() if system == take.system}
        writes, counts = merged(known, source, take)
        kept.stock.update({(take.system, level.place): level for level in writes})
        kept.stock_sources[take.system] = told_by(source, take)
        return counts

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
