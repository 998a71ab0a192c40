"""Runs, their steps, and their cancellation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.status_codes import HTTP_202_ACCEPTED

from designer.api.given import Actor, Cursor, Language, Limit, Loom, number
from designer.api.shapes import Listed, ProblemShown, RunShown, listed, raw, run_shown
from engine.catalogue import explain, text
from engine.errors import Problem
from engine.inspection import ShownItem, ShownRequest, StepView, steps_of
from engine.store.ports import RunFilter, RunState

UNKNOWN = "run.unknown"


@dataclass(frozen=True, slots=True)
class ItemShown:
    key: str
    item: Any


@dataclass(frozen=True, slots=True)
class FailureShown:
    item_key: str
    problem: ProblemShown


@dataclass(frozen=True, slots=True)
class RequestShown:
    """``id`` is the idempotency key; ``answer`` is null while nothing is recorded."""

    id: str
    item_key: str
    request: Any
    answer: Any
    failed: ProblemShown | None


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step with the data on its wires, personal data masked."""

    slug: str
    use: str
    label: str
    state: str
    inputs: Sequence[ItemShown]
    outputs: Mapping[str, Sequence[ItemShown]]
    requests: Sequence[RequestShown]
    failures: Sequence[FailureShown]


@get("/runs", opt={"permission": "run.read"})
async def list_runs(
    orderloom: Loom,
    flow: FromQuery[str | None] = None,
    state_filter: Annotated[RunState | None, QueryParameter(name="state")] = None,
    order: Annotated[str | None, QueryParameter(description="An order number or ordering key.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[RunShown]:
    """Runs, newest first."""
    where = RunFilter(flow=flow, state=state_filter, order=order)
    return listed(await orderloom.store.runs(where, limit=limit, cursor=cursor), run_shown)


@get("/runs/{run_id:str}", opt={"permission": "run.read"})
async def show_run(run_id: FromPath[str], orderloom: Loom) -> RunShown:
    """One run."""
    return run_shown(await orderloom.store.run(number(run_id, UNKNOWN)))


@get("/runs/{run_id:str}/steps", opt={"permission": "run.read"})
async def list_steps(run_id: FromPath[str], orderloom: Loom, language: Language) -> Listed[StepShown]:
    """Every step of a run with what went in and out, computed again from its facts."""
    return Listed([_step(view, language) for view in await steps_of(orderloom, number(run_id, UNKNOWN))])


@post("/runs/{run_id:str}/cancellation", opt={"permission": "run.write"}, status_code=HTTP_202_ACCEPTED)
async def cancel_run(run_id: FromPath[str], orderloom: Loom, actor: Actor) -> RunShown:
    """Cancel a run; a call under way is awaited, so that the answer may still say `cancelling`."""
    identity = number(run_id, UNKNOWN)
    await orderloom.cancel(identity, actor)
    return run_shown(await orderloom.store.run(identity))


def _step(view: StepView, language: str) -> StepShown:
    return StepShown(
        slug=view.slug,
        use=view.use,
        label=text(view.label, language),
        state=view.state,
        inputs=_items(view.inputs),
        outputs={port: _items(items) for port, items in view.outputs.items()},
        requests=[_request(request, language) for request in view.requests],
        failures=[FailureShown(key, _problem(problem, language)) for key, problem in view.failures],
    )


def _items(items: Sequence[ShownItem]) -> list[ItemShown]:
    return [ItemShown(one.key, raw(one.item)) for one in items]


def _request(shown: ShownRequest, language: str) -> RequestShown:
    failed = _problem(shown.failed, language) if shown.failed else None
    return RequestShown(shown.id, shown.item_key, raw(shown.request), raw(shown.answer), failed)


def _problem(problem: Problem, language: str) -> ProblemShown:
    return ProblemShown(**explain(problem, language))


routes = [list_runs, show_run, list_steps, cancel_run]
