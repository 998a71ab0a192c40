"""The log of calls: out to other systems, in to hooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.status_codes import HTTP_200_OK

from designer.api.given import Actor, Cursor, Language, Limit, Loom, Since, Until, aware, number
from designer.api.shapes import Listed, ProblemShown, listed, raw, utc
from engine.call_view import runs_of, view_of
from engine.catalogue import explain
from engine.errors import Conflict, Problem
from engine.resend import resend_call
from engine.store.call_records import CallFilter, CallMade, Direction, Outcome

UNKNOWN = "call_log.unknown"


@dataclass(frozen=True, slots=True)
class CallShown:
    """One attempt. ``place``: the connection, or flow and trigger of a delivery; ``code``: why there was no answer of use;
    ``excerpt``: of a failed answer, masked; ``purpose``: ``alarm``, ``token`` (its renewal) or ``probe``, where no flow asked.
    """

    id: str
    at: str
    direction: str
    place: str
    method: str
    path: str
    status: int | None
    code: str | None
    ms: float
    failed: bool
    run: str | None
    flow: str | None
    step: str | None
    attempt: int
    size: int | None
    excerpt: str | None
    purpose: str | None


@dataclass(frozen=True, slots=True)
class CallWhole:
    """``request`` and ``answer`` are recomputed from the run and masked; ``problem``: why they cannot be."""

    call: CallShown
    request: Any
    answer: Any
    curl: str | None
    problem: ProblemShown | None


@dataclass(frozen=True, slots=True)
class ResentShown:
    """``how``: ``sent``, ``refused`` by the other system, or ``resumed`` where an incident was open."""

    how: str
    run: str
    status: int | None


@get("/calls", opt={"permission": "call.read"})
async def list_calls(
    orderloom: Loom,
    connection: Annotated[str | None, QueryParameter(description="A connection, or FLOW/TRIGGER for deliveries.")] = None,
    order: Annotated[str | None, QueryParameter(description="An order number or ordering key.")] = None,
    outcome: FromQuery[Outcome | None] = None,
    status: FromQuery[int | None] = None,
    direction: FromQuery[Direction | None] = None,
    slow: Annotated[float | None, QueryParameter(ge=0, description="That took at least so many milliseconds.")] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[CallShown]:
    """Calls, newest first, at most a second behind."""
    runs = None if order is None else await runs_of(orderloom, order)
    where = CallFilter(direction, connection, outcome, status, runs, aware(since), aware(until), slow)
    return listed(await orderloom.store.call_log.calls(where, limit=limit, cursor=cursor), _shown)


@get("/calls/{call_id:str}", opt={"permission": "call.read"})
async def one_call(call_id: FromPath[str], orderloom: Loom, language: Language) -> CallWhole:
    view = await view_of(orderloom, number(call_id, UNKNOWN))
    request, answer = (view.asked.request, view.asked.answer) if view.asked else (None, None)
    problem = ProblemShown(**explain(view.problem, language)) if view.problem else None
    return CallWhole(_shown(view.call), raw(request), raw(answer), view.curl, problem)


@post("/calls/{call_id:str}/resending", opt={"permission": "run.write"}, status_code=HTTP_200_OK)
async def resend(call_id: FromPath[str], orderloom: Loom, actor: Actor) -> ResentShown:
    """Send it once more under the same key, or resume its open incident. 409 where the node does not promise that this may be done."""
    call = await orderloom.store.call_log.call(number(call_id, UNKNOWN))
    if call.run_id is None or call.effect is None:
        raise Conflict(Problem("resend.not_again", (call_id,)))
    done = await resend_call(orderloom, call.run_id, call.effect, actor)
    return ResentShown(done.how, str(done.run_id), done.status)


def _shown(call: CallMade) -> CallShown:
    return CallShown(
        id=str(call.id),
        at=utc(call.at),
        direction=call.direction,
        place=call.place,
        method=call.method,
        path=call.path,
        status=call.status,
        code=call.code,
        ms=round(call.ms, 3),
        failed=call.failed,
        run=None if call.run_id is None else str(call.run_id),
        flow=call.flow,
        step=call.step,
        attempt=call.attempt,
        size=call.size,
        excerpt=call.excerpt,
        purpose=call.purpose,
    )


routes = [list_calls, one_call, resend]
