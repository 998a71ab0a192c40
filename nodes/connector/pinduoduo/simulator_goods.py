"""What a simulated Pinduoduo shop has on sale, as pdd.goods.list.get shows it."""

from __future__ import annotations

from typing import Any

from engine.testing.channel import Goods, Listing


def goods_page(goods: Goods, page: int, size: int) -> dict[str, Any]:
    """The newest first."""
    listed = goods.on_sale[::-1]
    return {"total_count": len(listed), "goods_list": [_listing(one) for one in listed[(page - 1) * size : page * size]]}


def _listing(one: Listing) -> dict[str, Any]:
    skus = [
        {
            "sku_id": variant.id,
            "outer_id": variant.sku or "",
            "outer_goods_id": "",
            "sku_quantity": variant.quantity or 0,
            "reserve_quantity": 0,
            "is_sku_onsale": int(variant.on_sale),
        }
        for variant in one.variants
    ]
    quantity = sum(variant.quantity or 0 for variant in one.variants)
    return {"goods_id": one.id, "goods_quantity": quantity, "is_onsale": 1, "is_more_sku": int(len(skus) > 1), "sku_list": skus}
