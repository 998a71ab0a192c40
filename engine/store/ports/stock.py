"""What is asked of the stock that systems tell of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from engine.store.stock_records import Sold, StockDay, StockLevel, StockLimit, StockSource, StockTake, TakeCounts


class Stock(Protocol):
    async def keep_stock(self, take: StockTake) -> TakeCounts:
        """The newest level of each place counts, whatever comes in whatever order, how often whatever comes."""
        ...

    async def stock_levels(self) -> Sequence[StockLevel]:
        """All that are listed, by SKU, system, shop and warehouse."""
        ...

    async def stock_days(self, sku_code: str | None = None) -> Sequence[StockDay]:
        """Of a SKU, day by day, what each place told last on it, kept for ``KEPT_DAYS``; without one, of those SKUs that some warehouse
        once had none of. By SKU, day, system, shop and warehouse.
        """
        ...

    async def stock_sources(self) -> Sequence[StockSource]: ...

    async def sold(self, since: datetime) -> Mapping[str, Sold]:
        """By SKU: what is sold and not shipped, and what orders created since then sold (without cancelled, refunded and unpaid ones)."""
        ...

    async def stock_limits(self) -> Mapping[str, StockLimit]: ...

    async def set_stock_limit(self, limit: StockLimit, *, actor: str) -> None:
        """Without any number the SKU is as all others. Audited."""
        ...
