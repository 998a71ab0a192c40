"""The log of calls: the list, and one call with its request and answer, recomputed and masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from designer.pages.filters import Given
from designer.pages.flow_titles import Place, flow_titles, node_titles
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.held import held
from designer.pages.listing import PER_PAGE, chosen, known, links
from designer.pages.spans import WITH_SPAN, Span
from designer.pages.words import CALL_OUTCOMES, DIRECTIONS, SLOW
from engine.call_view import runs_of, view_of
from engine.errors import Conflict, NotFound, Problem
from engine.resend import resend_call
from engine.store.call_records import CallFilter, CallMade, Direction, Outcome


@get("/calls", opt={"permission": "call.read"}, dependencies=WITH_SPAN)
async def list_calls(
    request: PageRequest,
    span: Span,
    direction: FromQuery[str | None] = None,
    connection: FromQuery[str | None] = None,
    order: FromQuery[str | None] = None,
    outcome: FromQuery[str | None] = None,
    slow: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """Filters: direction, connection (or flow and trigger), order number, outcome, duration, time."""
    engine = loom(request)
    filters = {
        "direction": known(direction, DIRECTIONS), "connection": chosen(connection), "order": chosen(order),
        "outcome": known(outcome, CALL_OUTCOMES), "slow": known(slow, SLOW), **span.filters,
    }  # fmt: skip
    where = CallFilter(
        cast("Direction | None", filters["direction"]),
        filters["connection"],
        cast("Outcome | None", filters["outcome"]),
        runs=await runs_of(engine, filters["order"]) if filters["order"] else None,
        since=span.since,
        until=span.until,
        slow=float(filters["slow"]) if filters["slow"] else None,
    )
    log = engine.store.call_log
    found = await log.calls(where, limit=PER_PAGE, cursor=cursor)
    places = await log.call_places()
    return page(
        request, "calls/list.html",
        found=found, given=Given("/calls", filters), span=span, links=links("/calls", found, cursor, filters),
        places=places, lost=log.lost, **await _titles(request, found.items, places),
    )  # fmt: skip


@get("/calls/{call_id:int}", opt={"permission": "call.read"})
async def show_call(request: PageRequest, call_id: FromPath[int]) -> Response[str]:
    engine = loom(request)
    view = await view_of(engine, call_id)
    order_key = await _order_key(request, view.call.run_id)
    return page(
        request, "calls/one.html", view=view, call=view.call, order_key=order_key, **await _titles(request, [view.call]),
        held=await held(engine.store, [order_key] if order_key else []),
    )  # fmt: skip


@post("/calls/{call_id:int}/resending", opt={"permission": "run.write"}, status_code=303)
async def resend(request: PageRequest, call_id: FromPath[int]) -> Redirect:
    """Sends it once more under its key, or resumes its incident, and shows the calls of its order."""
    engine = loom(request)
    call = await engine.store.call_log.call(call_id)
    if call.run_id is None or call.effect is None:
        raise Conflict(Problem("resend.not_again", (str(call_id),)))
    await resend_call(engine, call.run_id, call.effect, request.state.actor)
    return Redirect(path=f"/runs/{call.run_id}" if call.failed else "/calls", status_code=303)


async def _titles(request: PageRequest, calls: Sequence[CallMade], more: Sequence[str] = ()) -> dict[str, Any]:
    """``titles`` of flows and of places: a connection by its name, a trigger (``flow/trigger``) with its flow; ``nodes`` of calls."""
    engine, language = loom(request), reader_for(request).language
    places = [*dict.fromkeys((*(call.place for call in calls), *more))]
    hooks: list[Place] = [(flow, trigger) for place in places for flow, found, trigger in [place.partition("/")] if found]
    steps: list[Place] = [(call.flow, call.step) for call in calls if call.flow and call.step]
    titles = await flow_titles(engine, [*(call.flow for call in calls if call.flow), *(flow for flow, _ in hooks)], language)
    nodes = await node_titles(engine, [*steps, *hooks], language)
    named = {f"{flow}/{trigger}": f"{titles[flow]} › {nodes[flow, trigger]}" for flow, trigger in hooks}
    return {"titles": {**titles, **{place: place for place in places}, **named}, "nodes": nodes}


async def _order_key(request: PageRequest, run_id: int | None) -> str | None:
    if run_id is None:
        return None
    try:
        return (await loom(request).store.event(run_id)).order_key
    except NotFound:  # it is older than runs are kept
        return None
