"""Runs, their steps, and their cancellation."""

from __future__ import annotations

from typing import Annotated

from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.status_codes import HTTP_202_ACCEPTED

from designer.api.given import Actor, Cursor, Language, Limit, Loom, Since, Until, aware, number
from designer.api.shapes import Listed, RunShown, RunWhole, called_shown, listed, run_shown, utc, utc_or_none
from designer.api.steps import StepShown, step_shown
from engine.inspection import ending_of, steps_of
from engine.store.ports import RunFilter, RunState

UNKNOWN = "run.unknown"
CHILDREN = 100


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
async def show_run(run_id: FromPath[str], orderloom: Loom) -> RunWhole:
    """One run; ``parent`` is the run that called it, ``children`` the newest of those that it called, ``reason`` why a node ended it."""
    store, run = orderloom.store, await orderloom.store.run(number(run_id, UNKNOWN))
    call, children = await store.call_of(run.id), await store.children(run.id, limit=CHILDREN)
    deadline, ending = await store.deadline_of(run.id), await ending_of(orderloom, run.id)
    return RunWhole(
        str(run.id), run.flow, run.version, run.state, str(run.id), run.order_key, utc(run.accepted_at), utc_or_none(run.ended_at),
        ending.reason if ending is not None else None, None if call is None else called_shown(await store.run(call.parent)),
        [called_shown(child) for child in children.items], utc_or_none(deadline),
    )  # fmt: skip


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
