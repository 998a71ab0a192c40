"""Incidents: what is parked, why, and the decision of a person about it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Literal, cast

from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect, Response

from designer.pages.filters import Given
from designer.pages.flow_titles import Place, choice_titles, flow_titles, node_titles
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.held import held
from designer.pages.listing import PER_PAGE, chosen, known, links
from designer.pages.preferences import local
from designer.pages.words import INCIDENT_STATES
from engine.store.ports import IncidentFilter, IncidentState, Store


@dataclass(frozen=True, slots=True)
class Decision:
    """A form: ``action`` as for ``Orderloom.resume``, ``back`` the address of the page that it was on."""

    action: str
    back: str = "/incidents"


@get("/incidents", opt={"permission": "incident.read"})
async def list_incidents(
    request: PageRequest,
    show: FromQuery[str] = "open",
    flow: FromQuery[str | None] = None,
    step: FromQuery[str | None] = None,
    code: FromQuery[str | None] = None,
    order: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """``show``: one of the states, or ``all``. Other filters: flow, node, code word (or its first part), order number."""
    wanted = None if show == "all" else known(show, INCIDENT_STATES) or "open"
    store = loom(request).store
    flow, step, code, order = chosen(flow), chosen(step), chosen(code), chosen(order)
    state = cast("IncidentState | None", wanted)
    where = IncidentFilter(state, flow=flow, step=step, code=code, order=order)
    found = await store.incidents(where, limit=PER_PAGE, cursor=cursor)
    filters = {"show": wanted or "all", "flow": flow, "step": step, "code": code, "order": order}
    runs = await asyncio.gather(*(store.run(run_id) for run_id in dict.fromkeys(one.run_id for one in found.items)))
    order_keys = {run.id: run.order_key for run in runs}
    names = await store.flow_names()
    language = reader_for(request).language
    titles = await flow_titles(loom(request), [*(one.flow for one in found.items), *names], language)
    places = await _places(store, flow, step)
    nodes = await node_titles(loom(request), [*((one.flow, one.step) for one in found.items), *places], language)
    blocked = await store.blocked_behind([one.run_id for one in found.items if one.state == "open"])
    return page(
        request, "incidents.html",
        found=found, shown=filters["show"], given=Given("/incidents", filters, plain={"show": filters["show"]}),
        links=links("/incidents", found, cursor, filters), steps=choice_titles(places, nodes), nodes=nodes,
        bulk=loom(request).bulk.last,
        flows=names, titles=titles, order_keys=order_keys, blocked=blocked,
        held=await held(store, order_keys.values()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ManyDecisions:
    """A form: as ``POST /api/incidents/resumptions``, and the page that it was on."""

    action: Literal["again", "skip"]
    per_second: float = 5.0
    flow: str | None = None
    step: str | None = None
    code: str | None = None
    order: str | None = None
    back: str = "/incidents"


@post("/incidents/resumptions", opt={"permission": "run.write"}, status_code=303)
async def decide_many(request: PageRequest, data: Annotated[ManyDecisions, Body(media_type=RequestEncodingType.URL_ENCODED)]) -> Redirect:
    """Begins to decide on all that fit and goes back to the list, which tells how far it is. 409 while another one is under way."""
    where = IncidentFilter(flow=data.flow or None, step=data.step or None, code=data.code or None, order=data.order or None)
    await loom(request).bulk.start(where, data.action, min(max(data.per_second, 0.1), 1000.0), request.state.actor)
    return Redirect(path=local(data.back), status_code=303)


async def _places(store: Store, flow: str | None, asked: str | None) -> list[Place]:
    """Nodes at which something is open, by slug; and the one that is asked for."""
    found = [place for place in await store.incident_counts() if flow in (None, place[0])]
    if asked and all(slug != asked for _, slug in found):
        found.append((flow or "", asked))
    return sorted(found, key=lambda place: (place[1], place[0]))


@post("/incidents/{incident_id:int}/resumption", opt={"permission": "run.write"}, status_code=303)
async def decide(
    request: PageRequest, incident_id: FromPath[int], data: Annotated[Decision, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Redirect:
    """Sends the parked item on as decided and goes back to where the reader was. 409 where somebody else was quicker."""
    await loom(request).resume(incident_id, data.action, request.state.actor)
    return Redirect(path=local(data.back), status_code=303)
