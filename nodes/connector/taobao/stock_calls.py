"""Calls for what a shop on Taobao offers, and what their answers mean. Pure.

Sources: open.taobao.com, API 18 (taobao.items.onsale.get) and API 30 (taobao.item.skus.get).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from engine.sdk import HttpCall, Item, NodeError
from nodes.connector.arrivals import text_at
from nodes.connector.stock.offer import Offer, Rows
from nodes.connector.taobao.calls import rows_of

ON_SALE: Final = "taobao.items.onsale.get"
SKUS: Final = "taobao.item.skus.get"
PAGE_SIZE: Final = 200
AT_ONCE: Final = 40
"""Listings whose SKUs one call may ask for."""
_GONE: Final = "delete"


def on_sale_call(page: int) -> HttpCall:
    """Listings on sale, the oldest first: what is listed meanwhile comes behind."""
    params = {"fields": "num_iid,outer_id,num", "order_by": "list_time:asc", "page_no": str(page), "page_size": str(PAGE_SIZE)}
    return HttpCall("POST", "", json={"method": ON_SALE, **params})


def skus_call(listings: Sequence[str]) -> HttpCall:
    fields = "sku_id,num_iid,outer_id,quantity,status"
    return HttpCall("POST", "", json={"method": SKUS, "fields": fields, "num_iids": ",".join(listings)})


def listings_of(answer: Mapping[str, Any]) -> Rows:
    """``items`` is left out where there are none. Raises ``NodeError`` with ``poll.no_list``."""
    total = answer.get("total_results")
    if not str(total).isdigit():
        raise NodeError("poll.no_list", path="items_onsale_get_response.total_results")
    return Rows(rows_of(answer, "items", "item"), int(str(total)))


def skus_of(answer: Mapping[str, Any]) -> list[Item]:
    """``skus`` is left out where no listing has any."""
    return rows_of(answer, "skus", "sku")


def offers_of(listings: Iterable[Item], skus: Iterable[Item]) -> list[Offer]:
    """A listing with SKUs sells those; one without is a SKU itself."""
    by_listing: dict[str, list[Item]] = {}
    for sku in skus:
        by_listing.setdefault(text_at(sku, "num_iid") or "", []).append(sku)
    offers: list[Offer] = []
    for listing in listings:
        own = by_listing.get(text_at(listing, "num_iid") or "")
        if own is None:
            offers.append(Offer(listing.get("outer_id"), listing.get("num")))
        else:
            offers += [Offer(sku.get("outer_id"), sku.get("quantity")) for sku in own if sku.get("status") != _GONE]
    return offers
