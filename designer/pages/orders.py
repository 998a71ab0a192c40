"""Orders of the hub: the list, looking one up by its receiver, its passport, and one version of it. All masked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery

from designer.api.orders import find_by_subject
from designer.api.parcels import parcels_of_order
from designer.api.passport import gathered, moments
from designer.pages.board import shown
from designer.pages.filters import Given
from designer.pages.flow_titles import flow_titles, node_titles
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.listing import PER_PAGE, chosen, known, links
from designer.pages.spans import WITH_SPAN, Span
from designer.pages.words import ORDER_STATUSES, PRIORITIES
from engine.errors import InputInvalid, Problem
from engine.inspection import masked_body
from engine.store.filters import OrderFilter
from engine.store.ports import HubOrder, Page

_NUMBER: Final = re.compile(r"[\s0-9\uff10-\uff19+\uff0b()\uff08\uff09\-.*]+")
MOST_FOUND: Final = 200
"""Orders of a receiver that are shown; the API gives them all, in pages."""
HELD: Final = {"yes": True, "no": False}


@get("/orders", opt={"permission": "order.read"}, dependencies=WITH_SPAN)
async def list_orders(
    request: PageRequest,
    span: Span,
    number: FromQuery[str | None] = None,
    sku: FromQuery[str | None] = None,
    channel: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    priority: FromQuery[str | None] = None,
    held: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """Filters: a part of the order number, a whole SKU, channel, status, priority, held or not, time of the last change."""
    store = loom(request).store
    state, rank = known(status, ORDER_STATUSES), known(priority, PRIORITIES)
    kept = held if held in HELD else None
    filters = {
        "number": chosen(number), "sku": chosen(sku), "channel": chosen(channel), "status": state, "priority": rank, "held": kept,
        **span.filters,
    }  # fmt: skip
    where = OrderFilter(
        filters["channel"], state, rank, filters["number"], span.since, span.until, filters["sku"], held=HELD.get(kept or "")
    )
    found = await store.orders(where, limit=PER_PAGE, cursor=cursor)
    channels = sorted(await store.order_counts())
    return page(
        request, "orders/list.html",
        orders=[shown(order) for order in found.items], given=Given("/orders", filters), span=span, channels=channels,
        links=links("/orders", found, cursor, filters),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Receiver:
    """A form: a whole telephone number, or an address."""

    receiver: str = ""


@post("/orders/found", opt={"permission": "order.read"}, status_code=200)
async def find_orders(request: PageRequest, data: Annotated[Receiver, Body(media_type=RequestEncodingType.URL_ENCODED)]) -> Response[str]:
    """By the receiver's telephone number or address, which stand in no address of a page and are not shown again."""
    wanted = data.receiver.strip()[:400]
    kind = "phone" if _NUMBER.fullmatch(wanted) else "address"
    found: Page[HubOrder] = Page([])
    problem: Problem | None = None
    try:
        found = await find_by_subject(loom(request), kind, wanted, request.state.actor, MOST_FOUND, None)
    except InputInvalid as error:
        problem = error.problems[0]
    return page(
        request, "orders/found.html", status=422 if problem else 200,
        orders=[shown(order) for order in found.items], problem_found=problem, more=found.next is not None,
    )  # fmt: skip


@get("/orders/one", opt={"permission": "order.read"})
async def show_order(request: PageRequest, channel: FromQuery[str], number: FromQuery[str], shop: FromQuery[str] = "") -> Response[str]:
    """Its passport. ``number`` is the channel's own order id."""
    engine = loom(request)
    language = reader_for(request).language
    found = await gathered(engine, channel, shop, number)
    timeline = await moments(engine, found, language)
    titles = await flow_titles(engine, (one.flow for one in (*found.runs, *timeline)), language)
    nodes = await node_titles(engine, [(one.flow, one.step) for one in timeline if one.step], language)
    return page(
        request, "orders/one.html",
        shown=shown(found.order), found=found, timeline=timeline,
        parcels=await parcels_of_order(engine, channel, shop, number),
        runs=found.runs, titles=titles, nodes=nodes, held=frozenset({found.key}),
        open_holds=[one for one in found.holds if one.state == "open"],
    )  # fmt: skip


@get("/orders/versions/{version_id:int}", opt={"permission": "order.read"})
async def show_version(request: PageRequest, version_id: FromPath[int]) -> Response[str]:
    """A version as it came, masked."""
    one = await loom(request).store.order_version(version_id)
    return page(request, "orders/version.html", one=one, masked=masked_body(one.body) if one.body else None)
