"""The calls of WooCommerce's REST API v3, and what their answers mean.

Source: woocommerce-rest-api-docs, "Orders"; developer.wordpress.org, "Pagination". Refusals are ``{"code", "message", "data"}``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from engine.sdk import HttpAnswer, HttpCall, Item, NodeError, Verdict
from nodes.connector.arrivals import as_item, text_at
from nodes.connector.pages import Page
from nodes.connector.rest import require_answer, settled, word_of

PAGE_SIZE: Final = 50
"""A hundred are allowed; with what extensions add to an order, so many could be larger than an answer may be."""
INDEX: Final = "/wp-json/"
ORDERS: Final = "/wp-json/wc/v3/orders"


def index_call() -> HttpCall:
    """What the shop tells about itself, its address among it."""
    return HttpCall("GET", INDEX, query={"_fields": "home"})


def list_call(since: datetime, until: datetime, page: int) -> HttpCall:
    """Orders changed from ``since`` to ``until``, whole, to the second. The shop leaves the limits out: they are set one further."""
    query = {
        "modified_after": _text(since - timedelta(seconds=1)),
        "modified_before": _text(until + timedelta(seconds=1)),
        "dates_are_gmt": "true",
        "status": "any",
        "orderby": "id",
        "order": "asc",
        "page": str(page),
        "per_page": str(PAGE_SIZE),
    }
    return HttpCall("GET", ORDERS, query=query)


def order_call(number: str) -> HttpCall:
    return HttpCall("GET", f"{ORDERS}/{number}")


def shipped_call(number: str, key: str, parcels: Sequence[Item], *, completes: bool = True) -> HttpCall:
    """The order holds these parcels, and is completed with them: the same again changes nothing."""
    status = {"status": "completed"} if completes else {}
    return HttpCall("PUT", f"{ORDERS}/{number}", json={**status, "meta_data": [{"key": key, "value": list(parcels)}]})


def source_of(answer: HttpAnswer, now: datetime) -> str:
    """The shop's address as its webhooks name it. Raises as ``require_answer``, and ``NodeError`` ``platform.no_answer``."""
    require_answer(answer, now, word_of(answer.body, "code"))
    home = text_at(as_item(answer.body), "home")
    if home is None:
        raise NodeError("platform.no_answer", status=answer.status)
    return home.rstrip("/") + "/"


def page_reader(now: datetime) -> Callable[[HttpAnswer], Page]:
    """Raises as ``require_answer``, and ``NodeError`` ``poll.no_list`` for what is no list, or does not say how many pages there are."""

    def read(answer: HttpAnswer) -> Page:
        require_answer(answer, now, word_of(answer.body, "code"))
        rows: Any = answer.body
        pages = answer.headers.get("x-wp-totalpages", "")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in cast("list[Any]", rows)):
            raise NodeError("poll.no_list", path="–")
        if not (pages.isascii() and pages.isdigit() and len(pages) < 10):
            raise NodeError("poll.no_list", path="X-WP-TotalPages")
        return Page(cast("list[Item]", rows), int(pages) * PAGE_SIZE)

    return read


def judge(answer: HttpAnswer) -> Verdict:
    return settled(answer, word_of(answer.body, "code"))


def _text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
