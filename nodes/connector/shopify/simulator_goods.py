"""What a simulated Shopify shop has on sale, as its GraphQL Admin API shows it: by cursor, paid for in points.

It knows one question, ``productVariants``, with the arguments and fields that a client may ask it for.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from engine.testing.channel import Goods, Listing, Variant

_MOST: Final = 250
_MOST_POINTS: Final = 1_000.0
_FIRST: Final = re.compile(r"productVariants\(\s*first:\s*([0-9]{1,4})")
_NODES: Final = re.compile(r"nodes\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_KNOWN: Final = frozenset({"id", "sku", "inventoryQuantity", "inventoryItem"})


class Points:
    """The bucket of points that queries are paid from; it fills up as time goes on."""

    def __init__(self, most: float = 2_000.0, per_second: float = 100.0) -> None:
        self.most, self.per_second, self.available = most, per_second, most
        self._at: datetime | None = None

    def take(self, cost: float, now: datetime) -> bool:
        if self._at is not None:
            self.available = min(self.most, self.available + max(0.0, (now - self._at).total_seconds()) * self.per_second)
        self._at = now
        if cost > self.available:
            return False
        self.available -= cost
        return True

    def told(self, cost: float, *, taken: bool) -> dict[str, Any]:
        status = {"maximumAvailable": self.most, "currentlyAvailable": int(self.available), "restoreRate": self.per_second}
        return {"cost": {"requestedQueryCost": cost, "actualQueryCost": cost if taken else None, "throttleStatus": status}}


def answer_of(goods: Goods, asked: Mapping[str, Any], points: Points, now: datetime) -> dict[str, Any]:
    """Raises ``ValueError`` for what cannot be read at all."""
    query, variables = str(asked["query"]), cast("Mapping[str, Any]", asked.get("variables") or {})
    first, nodes = _FIRST.search(query), _NODES.search(query)
    if first is None or nodes is None:
        return _refused("undefinedField")
    size, fields = int(first[1]), re.sub(r"\{[^{}]*\}", " ", nodes[1]).split()
    if not 1 <= size <= _MOST or not set(fields) <= _KNOWN:
        return _refused("argumentLiteralsIncompatible" if set(fields) <= _KNOWN else "undefinedField")
    cost = 2.0 + size * 2
    if cost > _MOST_POINTS:
        return _refused("MAX_COST_EXCEEDED")
    if not points.take(cost, now):
        return {**_refused("THROTTLED"), "extensions": points.told(cost, taken=False)}
    found = _page(goods, variables.get("after"), size, fields)
    return {"data": {"productVariants": found}, "extensions": points.told(cost, taken=True)}


def _page(goods: Goods, after: Any, size: int, fields: list[str]) -> dict[str, Any]:
    last = int(base64.b64decode(str(after)).decode()) if after is not None else 0
    rest = [pair for pair in goods.variants_on_sale if pair[1].id > last]
    page = rest[:size]
    end = base64.b64encode(str(page[-1][1].id).encode()).decode() if page else None
    nodes = [{name: value for name, value in _variant(*pair).items() if name in fields} for pair in page]
    return {"nodes": nodes, "pageInfo": {"hasNextPage": len(rest) > size, "endCursor": end}}


def _variant(listing: Listing, variant: Variant) -> dict[str, Any]:
    del listing
    gid, tracked = f"gid://shopify/ProductVariant/{variant.id}", variant.quantity is not None
    return {"id": gid, "sku": variant.sku, "inventoryQuantity": variant.quantity or 0, "inventoryItem": {"tracked": tracked}}


def _refused(code: str) -> dict[str, Any]:
    return {"errors": [{"message": "Throttled" if code == "THROTTLED" else "Refused", "extensions": {"code": code}}]}
