"""Stock as simulated systems list it: ``GET /stock[?cursor=]`` → ``{"items": [{sku_code, warehouse, shop_id, quantity, …}], "next"}``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from engine.order import utc_text

PAGE: Final = 200


class StockList:
    """``put`` sets what lies where; ``drop`` takes a SKU from the list."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, str], dict[str, Any]] = {}

    def put(
        self, sku: str, quantity: int, *, warehouse: str = "", shop_id: str = "", reserved: int | None = None, at: datetime | None = None
    ) -> None:
        row = {
            "sku_code": sku,
            "warehouse": warehouse,
            "shop_id": shop_id,
            "quantity": quantity,
            "updated_at": utc_text(at or datetime.now(UTC)),
        }
        self.rows[sku, warehouse, shop_id] = row if reserved is None else {**row, "reserved": reserved}

    def drop(self, sku: str) -> None:
        self.rows = {place: row for place, row in self.rows.items() if place[0] != sku}

    def page(self, cursor: str = "0") -> dict[str, Any] | None:
        """``None`` for a cursor that is none."""
        if not (cursor.isascii() and cursor.isdigit()):
            return None
        start, rows = int(cursor), [row for _, row in sorted(self.rows.items())]
        more = start + PAGE < len(rows)
        return {"items": rows[start : start + PAGE], "next": str(start + PAGE) if more else None}
