"""Runs: the list, and one run with its steps, recomputed and masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, cast

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect

from designer.api.timeline import timeline_of
from designer.pages.drawing import draw
from designer.pages.filters import Given
from designer.pages.flow_titles import flow_titles
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.held import held
from designer.pages.listing import PER_PAGE, chosen, known, links
from designer.pages.preferences import local
from designer.pages.reruns import movable_to
from designer.pages.spans import WITH_SPAN, Span
from designer.pages.words import RUN_STATES
from engine.errors import OrderloomError, Problem
from engine.flow.document import Flow
from engine.inspection import StepView, ending_of, steps_of
from engine.store.ports import Event, IncidentFilter, RunFilter, RunState


@get("/runs", opt={"permission": "run.read"}, dependencies=WITH_SPAN)
async def list_runs(
    request: PageRequest,
    span: Span,
    flow: FromQuery[str | None] = None,
    status: FromQuery[str | None] = None,
    order: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """Filters: flow, state (in the address: ``status``, as ``state`` is the framework's word), order number and time of acceptance."""
    store = loom(request).store
    filters = {"flow": chosen(flow), "status": known(status, RUN_STATES), "order": chosen(order), **span.filters}
    where = RunFilter(filters["flow"], cast("RunState | None", filters["status"]), filters["order"], span.since, span.until)
    found = await store.runs(where, limit=PER_PAGE, cursor=cursor)
    names = await store.flow_names()
    titles = await flow_titles(loom(request), [*(run.flow for run in found.items), *names], reader_for(request).language)
    return page(
        request, "runs/list.html",
        found=found, given=Given("/runs", filters), span=span, flows=names, titles=titles, links=links("/runs", found, cursor, filters),
        held=await held(store, (run.order_key for run in found.items)),
    )  # fmt: skip


@get("/runs/{run_id:int}", opt={"permission": "run.read"})
async def show_run(request: PageRequest, run_id: FromPath[int]) -> Response[str]:
    engine = loom(request)
    run, event = await engine.store.run(run_id), await engine.store.event(run_id)
    flow, steps, problems = await _steps(request, event)
    incidents = await engine.store.incidents(IncidentFilter(None, run_id))
    call, children = await engine.store.call_of(run_id), await engine.store.children(run_id, limit=PER_PAGE)
    parent = None if call is None else await engine.store.run(call.parent)
    names = [run.flow, *([parent.flow] if parent else []), *(child.flow for child in children.items)]
    return page(
        request, "runs/one.html",
        run=run, event=event, ending=await ending_of(engine, run_id), steps=steps, problems=problems, incidents=incidents.items, flow=flow,
        parent=parent, children=children, titles=await flow_titles(engine, names, reader_for(request).language),
        deadline=await engine.store.deadline_of(run_id),
        timeline=await timeline_of(engine, run_id, reader_for(request).language),
        drawing=draw(flow) if flow else None,
        held=await held(engine.store, [run.order_key]), movable_to=await movable_to(request, run_id),
        icons_of={slug: _icon(request, node.use) for slug, node in flow.nodes.items()} if flow else {},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A form: ``back`` is the address of the page that it was on."""

    back: str = "/runs"


@post("/runs/{run_id:int}/cancellation", opt={"permission": "run.write"}, status_code=303)
async def cancel_run(
    request: PageRequest, run_id: FromPath[int], data: Annotated[Cancellation, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Redirect:
    """Cancels the run and goes back to where the reader was. 409 where it has ended."""
    await loom(request).cancel(run_id, request.state.actor)
    return Redirect(path=local(data.back), status_code=303)


async def _steps(request: PageRequest, event: Event) -> tuple[Flow | None, Sequence[StepView], Sequence[Problem]]:
    """Flow and steps, or why they cannot be shown (erased data, a node type that is gone)."""
    engine = loom(request)
    try:
        plan = await engine.flows.plan_at(event.flow, event.version)
        return plan.flow, await steps_of(engine, event.id), ()
    except OrderloomError as error:
        return None, (), error.problems


def _icon(request: PageRequest, use: str) -> str:
    found = loom(request).registry.find(use)
    return found.icon if found else "box"
