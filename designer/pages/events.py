"""Events: what arrived, under which key."""

from __future__ import annotations

from typing import cast

from litestar import Response, get
from litestar.params import FromQuery

from designer.pages.filters import Given
from designer.pages.flow_titles import Place, choice_titles, flow_titles, node_titles
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.held import held
from designer.pages.listing import PER_PAGE, chosen, known, links
from designer.pages.spans import WITH_SPAN, Span
from designer.pages.words import EVENT_MARKS
from engine.app import Orderloom
from engine.store.filters import EventFilter, EventMark


@get("/events", opt={"permission": "event.read"}, dependencies=WITH_SPAN)
async def list_events(
    request: PageRequest,
    span: Span,
    flow: FromQuery[str | None] = None,
    trigger: FromQuery[str | None] = None,
    order: FromQuery[str | None] = None,
    mark: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """Filters: flow, trigger, order number, what is odd about an event, time of receipt."""
    engine = loom(request)
    odd = known(mark, EVENT_MARKS)
    filters = {"flow": chosen(flow), "trigger": chosen(trigger), "order": chosen(order), "mark": odd, **span.filters}
    where = EventFilter(filters["flow"], filters["trigger"], filters["order"], cast("EventMark | None", odd), span.since, span.until)
    found = await engine.store.events(where, limit=PER_PAGE, cursor=cursor)
    flows = await engine.store.flow_names()
    language, places = reader_for(request).language, _triggers(engine, filters["flow"], filters["trigger"])
    nodes = await node_titles(engine, [*((event.flow, event.trigger) for event in found.items), *places], language)
    return page(
        request, "events.html",
        found=found, given=Given("/events", filters), span=span, links=links("/events", found, cursor, filters),
        flows=flows, titles=await flow_titles(engine, [*(event.flow for event in found.items), *flows], language),
        triggers=choice_titles(places, nodes), nodes=nodes,
        held=await held(engine.store, (event.order_key for event in found.items)),
    )  # fmt: skip


def _triggers(engine: Orderloom, flow: str | None, asked: str | None) -> list[Place]:
    """Of all flows in use, by slug; and the one that is asked for, which may be of an older version."""
    found = {(plan.name, slug) for plan in engine.flows.plans_at_hand() for slug in plan.triggers}
    if asked and all(slug != asked for _, slug in found):
        found.add((flow or "", asked))
    return sorted(found, key=lambda place: (place[1], place[0]))
