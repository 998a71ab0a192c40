"""Runs, their steps, and their cancellation."""

from __future__ import annotations

from typing import Annotated

from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.status_codes import HTTP_202_ACCEPTED

from designer.api.given import Actor, Cursor, Language, Limit, Loom, Since, Until, aware, number
from designer.api.shapes import Listed, RunShown, listed, run_shown
from designer.api.steps import StepShown, step_shown
from engine.inspection import steps_of
from engine.store.ports import RunFilter, RunState

UNKNOWN = "run.unknown"


@get("/runs", opt={"permission": "run.read"})
async def list_runs(
    orderloom: Loom,
    flow: FromQuery[str | None] = None,
    state_filter: Annotated[RunState | None, QueryParameter(name="state")] = None,
    order: Annotated[str | None, QueryParameter(description="An order number or ordering key.")] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[RunShown]:
    """Runs, newest first; times are those at which they were accepted."""
    where = RunFilter(flow, state_filter, order, aware(since), aware(until))
    return listed(await orderloom.store.runs(where, limit=limit, cursor=cursor), run_shown)


@get("/runs/{run_id:str}", opt={"permission": "run.read"})
async def show_run(run_id: FromPath[str], orderloom: Loom) -> RunShown:
    """One run."""
    return run_shown(await orderloom.store.run(number(run_id, UNKNOWN)))


@get("/runs/{run_id:str}/steps", opt={"permission": "run.read"})
async def list_steps(run_id: FromPath[str], orderloom: Loom, language: Language) -> Listed[StepShown]:
    """Every step of a run with what went in and out, computed again from its facts."""
    return Listed([step_shown(view, language) for view in await steps_of(orderloom, number(run_id, UNKNOWN))])


@post("/runs/{run_id:str}/cancellation", opt={"permission": "run.write"}, status_code=HTTP_202_ACCEPTED)
async def cancel_run(run_id: FromPath[str], orderloom: Loom, actor: Actor) -> RunShown:
    """Cancel a run; a call under way is awaited, so that the answer may still say `cancelling`."""
    identity = number(run_id, UNKNOWN)
    await orderloom.cancel(identity, actor)
    return run_shown(await orderloom.store.run(identity))


routes = [list_runs, show_run, list_steps, cancel_run]
