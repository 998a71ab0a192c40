"""What a simulated Taobao shop has on sale, as the platform's calls show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.testing.channel import Goods, Listing, Variant


def on_sale(goods: Goods, fields: str, page: int, size: int) -> dict[str, Any]:
    """taobao.items.onsale.get: listings without their SKUs."""
    listed = goods.on_sale
    rows = [_only(_listing(one), fields) for one in listed[(page - 1) * size : page * size]]
    return {"total_results": len(listed), **({"items": {"item": rows}} if rows else {})}


def skus(goods: Goods, fields: str, numbers: str) -> dict[str, Any]:
    """taobao.item.skus.get: SKUs of listings; one that the seller does not have is left out."""
    found = [one for number in numbers.split(",") if number.isdigit() and (one := goods.find(int(number))) and not one.plain]
    rows = [_only(_sku(one, variant), fields) for one in found for variant in one.variants]
    return {"skus": {"sku": rows}} if rows else {}


def _listing(one: Listing) -> dict[str, Any]:
    return {
        "num_iid": one.id,
        "outer_id": (one.variants[0].sku or "") if one.plain else "",
        "num": sum(variant.quantity or 0 for variant in one.variants if variant.on_sale),
        "approve_status": "onsale",
    }


def _sku(one: Listing, variant: Variant) -> dict[str, Any]:
    status = "normal" if variant.on_sale else "delete"
    return {"sku_id": variant.id, "num_iid": one.id, "outer_id": variant.sku or "", "quantity": variant.quantity or 0, "status": status}


def _only(row: Mapping[str, Any], fields: str) -> dict[str, Any]:
    return {name: row[name] for name in fields.split(",") if name in row}
