"""The call for what a shop on JD offers, and what its answer means. Pure.

Source: open.jd.com, API 1227 (jingdong.sku.read.searchSkuList). Of the names of its parameters, ``page_size`` alone has an underscore.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from engine.sdk import HttpAnswer, HttpCall, Item, NodeError
from nodes.connector.arrivals import as_item
from nodes.connector.jd.calls import answered
from nodes.connector.stock.offer import Offer, Rows

SKUS: Final = "jingdong.sku.read.searchSkuList"
PAGE_SIZE: Final = 100
ON_SALE: Final = "1"
"""2: taken off; 4: deleted."""


def skus_call(page: int) -> HttpCall:
    """SKUs on sale by their number: what is listed meanwhile comes behind. A field comes only if it is asked for."""
    order = {"orderFiled": "skuId", "orderType": "asc"}
    pages = {"pageNo": str(page), "page_size": str(PAGE_SIZE)}
    return HttpCall("POST", json={"method": SKUS, "skuStatuValue": ON_SALE, "field": "skuId,status,outerId,stockNum", **order, **pages})


def read_skus(answer: HttpAnswer) -> Rows:
    """Raises as ``answered``, and ``NodeError`` with ``poll.no_list``."""
    page = as_item(answered(answer).get("page"))
    rows, total = page.get("data"), page.get("totalItem")
    if not str(total).isdigit() or not (isinstance(rows, list) or (rows is None and int(str(total)) == 0)):
        raise NodeError("poll.no_list", path="page.data")
    return Rows([cast("Item", row) for row in cast("list[Any]", rows or []) if isinstance(row, dict)], int(str(total)))


def offers_of(skus: Iterable[Item]) -> list[Offer]:
    return [Offer(sku.get("outerId"), sku.get("stockNum")) for sku in skus]
