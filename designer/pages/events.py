"""Events: what arrived, under which key."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromQuery

from designer.pages.frame import PageRequest, loom, page
from designer.pages.held import held
from designer.pages.listing import PER_PAGE, chosen, links


@get("/events", opt={"permission": "event.read"})
async def list_events(request: PageRequest, flow: FromQuery[str | None] = None, cursor: FromQuery[str | None] = None) -> Response[str]:
    store = loom(request).store
    filters = {"flow": chosen(flow)}
    found = await store.events(flow=filters["flow"], limit=PER_PAGE, cursor=cursor)
    names = [record.name for record in await store.flows()]
    return page(
        request, "events.html",
        found=found, filters=filters, flows=names, links=links("/events", found, cursor, filters),
        held=await held(store, (event.order_key for event in found.items)),
    )  # fmt: skip
