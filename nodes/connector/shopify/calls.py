"""The calls of Shopify's REST Admin API, and what their answers mean.

Source: shopify.dev, "Order", "FulfillmentOrder", "Fulfillment", "Make paginated requests to the REST Admin API", "REST Admin API rate
limits". Refusals are ``{"errors": …}``, in sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from engine.sdk import HttpAnswer, HttpCall, Item, NodeError
from nodes.connector.arrivals import as_item, inside, text_at
from nodes.connector.marks import items_at
from nodes.connector.rest import require_answer
from nodes.connector.shipping import Parcel

PAGE_SIZE: Final = 50
"""Of 250 allowed: so many orders of usual size stay below what an answer may have."""
ROOT: Final = "/admin/api/2026-01"
_NEXT: Final = re.compile(r'<([^<>]+)>\s*;\s*rel="?next"?')
_USED: Final = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")
_FULL: Final = 0.8


def shop_call() -> HttpCall:
    return HttpCall("GET", f"{ROOT}/shop.json", query={"fields": "myshopify_domain"})


def list_call(since: datetime, until: datetime, mark: str | None) -> HttpCall:
    """Orders changed from ``since`` to ``until``, oldest change first. ``mark``: of the next page, which holds all the rest."""
    query = {"limit": str(PAGE_SIZE)}
    if mark is None:
        query |= {"status": "any", "updated_at_min": _text(since), "updated_at_max": _text(until), "order": "updated_at asc"}
    else:
        query["page_info"] = mark
    return HttpCall("GET", f"{ROOT}/orders.json", query=query)


def order_call(number: str) -> HttpCall:
    """How far an order is shipped."""
    return HttpCall("GET", f"{ROOT}/orders/{number}.json", query={"fields": "id,cancelled_at,fulfillment_status,fulfillments"})


def work_call(number: str) -> HttpCall:
    """The order's fulfillment orders: what is to be sent, by the place that sends it."""
    return HttpCall("GET", f"{ROOT}/orders/{number}/fulfillment_orders.json")


def shipped_call(work: Sequence[Item], parcel: Parcel) -> HttpCall:
    """``work``: fulfillment orders of one place, whole or with the lines of the parcel."""
    tracking = {"company": parcel.courier, "number": parcel.tracking_no}
    fulfillment = {"line_items_by_fulfillment_order": list(work), "tracking_info": tracking, "notify_customer": False}
    return HttpCall("POST", f"{ROOT}/fulfillments.json", json={"fulfillment": fulfillment})


def domain_of(answer: HttpAnswer, now: datetime) -> str:
    """The shop's own domain, as its webhooks name it. Raises as ``require_answer``, and ``NodeError`` ``platform.no_answer``."""
    require_answer(answer, now)
    domain = text_at(inside(as_item(answer.body), "shop"), "myshopify_domain")
    if domain is None:
        raise NodeError("platform.no_answer", status=answer.status)
    return domain


def orders_of(answer: HttpAnswer, now: datetime) -> list[Item]:
    """Raises as ``require_answer``, and ``NodeError`` ``poll.no_list``."""
    require_answer(answer, now)
    found = items_at(answer.body, "orders")
    if found is None:
        raise NodeError("poll.no_list", path="orders")
    return found


def next_mark(answer: HttpAnswer) -> str | None:
    """The ``page_info`` of the next page, from the header ``Link``."""
    found = _NEXT.search(answer.headers.get("link", ""))
    return None if found is None else next(iter(parse_qs(urlsplit(found[1]).query).get("page_info", [])), None)


def is_nearly_full(answer: HttpAnswer) -> bool:
    """Whether the leaky bucket of calls is nearly full: it empties by two calls a second, and other apps may need it."""
    used = _USED.fullmatch(answer.headers.get("x-shopify-shop-api-call-limit", ""))
    return used is not None and int(used[1]) >= int(used[2]) * _FULL


def fulfillments_of(order: Item) -> list[Item]:
    """Parcels that count: none that was cancelled or failed."""
    found: Any = items_at(order, "fulfillments") or []
    return [one for one in found if one.get("status") not in ("cancelled", "error", "failure")]


def _text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
