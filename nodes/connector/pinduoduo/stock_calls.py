"""The call for what a shop on Pinduoduo offers, and what its answer means. Pure.

Source: open.pinduoduo.com, pdd.goods.list.get.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from engine.sdk import HttpAnswer, HttpCall, Item, NodeError
from nodes.connector.arrivals import as_item
from nodes.connector.marks import items_at
from nodes.connector.pinduoduo.calls import body_of
from nodes.connector.stock.offer import Offer, Rows

GOODS: Final = "pdd.goods.list.get"
PAGE_SIZE: Final = 100


def goods_call(page: int) -> HttpCall:
    """Goods on sale with their SKUs."""
    return HttpCall("POST", json={"type": GOODS, "is_onsale": 1, "page": page, "page_size": PAGE_SIZE})


def read_goods(answer: HttpAnswer) -> Rows:
    """Raises as ``body_of``, and ``NodeError`` with ``poll.no_list``."""
    found = as_item(body_of(answer).get("goods_list_get_response"))
    rows, total = found.get("goods_list"), found.get("total_count")
    if not str(total).isdigit() or not (isinstance(rows, list) or (rows is None and int(str(total)) == 0)):
        raise NodeError("poll.no_list", path="goods_list_get_response.goods_list")
    return Rows([cast("Item", row) for row in cast("list[Any]", rows or []) if isinstance(row, dict)], int(str(total)))


def offers_of(goods: Iterable[Item]) -> list[Offer]:
    """A SKU that was taken off is not offered. Raises ``NodeError`` with ``poll.no_list`` for goods without a list of SKUs."""
    offers: list[Offer] = []
    for one in goods:
        skus = items_at(one, "sku_list")
        if skus is None:
            raise NodeError("poll.no_list", path="goods_list[].sku_list")
        offers += [Offer(sku.get("outer_id"), sku.get("sku_quantity")) for sku in skus if sku.get("is_sku_onsale") != 0]
    return offers
