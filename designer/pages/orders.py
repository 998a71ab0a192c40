"""Orders of the hub: search by order number, channel and status; one order with its events. All masked."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromQuery

from designer.pages.board import shown
from designer.pages.frame import PageRequest, loom, page
from designer.pages.listing import PER_PAGE, chosen, known, links
from designer.pages.words import ORDER_STATUSES


@get("/orders", opt={"permission": "order.read"})
async def list_orders(
    request: PageRequest,
    number: FromQuery[str | None] = None,
    channel: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    store = loom(request).store
    filters = {"number": chosen(number), "channel": chosen(channel), "status": known(status, ORDER_STATUSES)}
    found = await store.orders(text=filters["number"], channel=filters["channel"], status=filters["status"], limit=PER_PAGE, cursor=cursor)
    channels = sorted(await store.order_counts())
    return page(
        request, "orders/list.html",
        orders=[shown(order) for order in found.items], filters=filters, channels=channels, links=links("/orders", found, cursor, filters),
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
