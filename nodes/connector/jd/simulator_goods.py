"""What a simulated JD shop has on sale, as jingdong.sku.read.searchSkuList shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from engine.testing.channel import Goods

_MOST: Final = 100
_ALWAYS: Final = frozenset({"skuId", "wareId"})
_STATUS: Final = {True: 1, False: 2}


def skus(goods: Goods, business: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ``ValueError`` for a page that there cannot be. What was not entered is not there."""
    page, size = int(business["pageNo"]), int(business["page_size"])
    if page < 1 or not 1 <= size <= _MOST:
        raise ValueError(size)
    states = {int(one) for one in str(business.get("skuStatuValue", "1,2")).split(",")}
    listed = [(one, variant) for one in goods.on_sale for variant in one.variants if _STATUS[variant.on_sale] in states]
    ordered = sorted(listed, key=lambda pair: pair[1].id, reverse=business.get("orderType") != "asc")
    wanted = {*str(business.get("field", "")).split(","), *_ALWAYS}
    rows = [
        {"skuId": variant.id, "wareId": one.id, "status": _STATUS[variant.on_sale], "outerId": variant.sku, "stockNum": variant.quantity}
        for one, variant in ordered[(page - 1) * size : page * size]
    ]
    shown = [{name: value for name, value in row.items() if name in wanted and value is not None} for row in rows]
    return {"page": {"data": shown, "pageNo": page, "pageSize": size, "totalItem": len(ordered)}}
