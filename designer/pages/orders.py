"""Orders of the hub: search by order number, channel and status; one order with its events. All masked."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromQuery

from designer.pages.board import shown
from designer.pages.filters import Given, period
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.listing import PER_PAGE, chosen, known, links
from designer.pages.words import ORDER_STATUSES, PRIORITIES
from engine.app import now
from engine.store.filters import OrderFilter


@get("/orders", opt={"permission": "order.read"})
async def list_orders(
    request: PageRequest,
    number: FromQuery[str | None] = None,
    channel: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    priority: FromQuery[str | None] = None,
    within: FromQuery[str | None] = None,
    since: FromQuery[str | None] = None,
    until: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """Filters: a part of the order number, channel, status, priority, time of the last change."""
    store = loom(request).store
    span = period(within, since, until, now=now(), clock=reader_for(request).clock)
    state, rank = known(status, ORDER_STATUSES), known(priority, PRIORITIES)
    filters = {"number": chosen(number), "channel": chosen(channel), "status": state, "priority": rank, **span.filters}
    where = OrderFilter(filters["channel"], state, rank, filters["number"], span.since, span.until)
    found = await store.orders(where, limit=PER_PAGE, cursor=cursor)
    channels = sorted(await store.order_counts())
    return page(
        request, "orders/list.html",
        orders=[shown(order) for order in found.items], given=Given("/orders", filters), span=span, channels=channels,
        links=links("/orders", found, cursor, filters),
    )  # fmt: skip


@get("/orders/one", opt={"permission": "order.read"})
async def show_order(request: PageRequest, channel: FromQuery[str], number: FromQuery[str], shop: FromQuery[str] = "") -> Response[str]:
    """``number`` is the channel's own order id."""
    store = loom(request).store
    order = await store.order(channel, shop, number)
    event = await store.event(order.event_id)
    runs = [await store.run(one.id) for one in await store.events_of_order(event.order_key)]
    newest_first = sorted(runs, key=lambda run: run.id, reverse=True)
    return page(request, "orders/one.html", shown=shown(order), runs=newest_first, held=frozenset({event.order_key}))
