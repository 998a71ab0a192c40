"""Incidents: what is parked, why, and the decisions of people about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_202_ACCEPTED
from msgspec import Meta

from designer.api.given import Actor, Cursor, Language, Limit, Loom, number
from designer.api.shapes import Listed, ProblemShown, listed, utc, utc_or_none
from engine.app import Orderloom
from engine.bulk import Progress
from engine.catalogue import explain
from engine.errors import Problem
from engine.run.view import told
from engine.store.ports import Incident, IncidentFilter

UNKNOWN = "incident.unknown"


@dataclass(frozen=True, slots=True)
class IncidentShown:
    """``blocked``: later events of the same order that wait behind it."""

    id: str
    run: str
    flow: str
    step: str
    item_key: str
    code: str
    state: str
    problem: ProblemShown
    at: str
    closed_at: str | None
    blocked: int


@dataclass(frozen=True, slots=True)
class Resumption:
    """``again``: the same call with the same key; ``anew``: a new one; ``skip``: go on without it.

    ``sent`` and ``not_sent`` answer whether a call that a crash cut short had happened; ``noted`` puts a missed deadline aside.
    """

    action: Literal["again", "anew", "skip", "sent", "not_sent", "noted"]


@get("/incidents", opt={"permission": "incident.read"})
async def list_incidents(
    orderloom: Loom,
    language: Language,
    state_filter: Annotated[Literal["open", "resumed", "skipped", "cancelled", "all"], QueryParameter(name="state")] = "open",
    flow: FromQuery[str | None] = None,
    step: FromQuery[str | None] = None,
    code: Annotated[str | None, QueryParameter(description="A code word, or the part of it before a dot.")] = None,
    order: Annotated[str | None, QueryParameter(description="An order number or ordering key.")] = None,
    run: FromQuery[str | None] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[IncidentShown]:
    """Incidents, newest first; open ones unless asked otherwise."""
    state = None if state_filter == "all" else state_filter
    run_id = None if run is None else number(run, "run.unknown")
    where = IncidentFilter(state, run_id, flow, step, code, order)
    found = await orderloom.store.incidents(where, limit=limit, cursor=cursor)
    blocked = await orderloom.store.blocked_behind([incident.run_id for incident in found.items if incident.state == "open"])
    return listed(found, lambda incident: _shown(incident, language, blocked.get(incident.run_id, 0)))


@get("/incidents/{incident_id:str}", opt={"permission": "incident.read"})
async def show_incident(incident_id: FromPath[str], orderloom: Loom, language: Language) -> IncidentShown:
    """One incident."""
    return await _one(orderloom, number(incident_id, UNKNOWN), language)


@post("/incidents/{incident_id:str}/resumption", opt={"permission": "run.write"})
async def resume(
    incident_id: FromPath[str], data: JSONBody[Resumption], orderloom: Loom, language: Language, actor: Actor
) -> IncidentShown:
    """Send a parked item on. 409 where somebody else was quicker."""
    identity = number(incident_id, UNKNOWN)
    await orderloom.resume(identity, data.action, actor)
    return await _one(orderloom, identity, language)


@dataclass(frozen=True, slots=True)
class ManyResumptions:
    """The decision about all open incidents that fit: oldest first, ``per_second`` at most."""

    action: Literal["again", "skip"]
    per_second: Annotated[float, Meta(gt=0, le=1000)] = 5.0
    flow: str | None = None
    step: str | None = None
    code: str | None = None
    order: str | None = None


@post("/incidents/resumptions", opt={"permission": "run.write"}, status_code=HTTP_202_ACCEPTED)
async def resume_many(data: JSONBody[ManyResumptions], orderloom: Loom, actor: Actor) -> Progress:
    """Decide on many at once, in the background. 409 while another one is under way."""
    chosen = IncidentFilter(flow=data.flow, step=data.step, code=data.code, order=data.order)
    return await orderloom.bulk.start(chosen, data.action, data.per_second, actor)


@get("/incidents/resumptions/{resumption_id:str}", opt={"permission": "incident.read"})
async def show_resumptions(resumption_id: FromPath[str], orderloom: Loom) -> Progress:
    """How far it is."""
    return orderloom.bulk.progress(number(resumption_id, "bulk.unknown"))


async def _one(orderloom: Orderloom, incident_id: int, language: str) -> IncidentShown:
    incident = await orderloom.store.incident(incident_id)
    blocked = await orderloom.store.blocked_behind([incident.run_id] if incident.state == "open" else [])
    return _shown(incident, language, blocked.get(incident.run_id, 0))


def _shown(incident: Incident, language: str, blocked: int) -> IncidentShown:
    problem = told(Problem(incident.code, incident.where, incident.fields))
    return IncidentShown(
        id=str(incident.id),
        run=str(incident.run_id),
        flow=incident.flow,
        step=incident.step,
        item_key=incident.item_key,
        code=incident.code,
        state=incident.state,
        problem=ProblemShown(**explain(problem, language)),
        at=utc(incident.at),
        closed_at=utc_or_none(incident.closed_at),
        blocked=blocked,
    )


routes = [list_incidents, show_incident, resume, resume_many, show_resumptions]
