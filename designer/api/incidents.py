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
from engine.bulk import Chosen, Progress
from engine.catalogue import explain
from engine.errors import Problem
from engine.run.view import told
from engine.store.ports import Incident

UNKNOWN = "incident.unknown"


@dataclass(frozen=True, slots=True)
class IncidentShown:
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


@dataclass(frozen=True, slots=True)
class Resumption:
    """``again``: the same call with the same key; ``anew``: a new one; ``skip``: go on without it.

    ``sent`` and ``not_sent`` answer whether a call that a crash cut short had happened.
    """

    action: Literal["again", "anew", "skip", "sent", "not_sent"]


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
    narrowed = {"flow": flow, "step": step, "code": code, "order": order}
    found = await orderloom.store.incidents(state=state, run_id=run_id, **narrowed, limit=limit, cursor=cursor)
    return listed(found, lambda incident: _shown(incident, language))


@get("/incidents/{incident_id:str}", opt={"permission": "incident.read"})
async def show_incident(incident_id: FromPath[str], orderloom: Loom, language: Language) -> IncidentShown:
    """One incident."""
    return _shown(await orderloom.store.incident(number(incident_id, UNKNOWN)), language)


@post("/incidents/{incident_id:str}/resumption", opt={"permission": "run.write"})
async def resume(
    incident_id: FromPath[str], data: JSONBody[Resumption], orderloom: Loom, language: Language, actor: Actor
) -> IncidentShown:
    """Send a parked item on. 409 where somebody else was quicker."""
    identity = number(incident_id, UNKNOWN)
    await orderloom.resume(identity, data.action, actor)
    return _shown(await orderloom.store.incident(identity), language)


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
    chosen = Chosen(data.flow, data.step, data.code, data.order)
    return await orderloom.bulk.start(chosen, data.action, data.per_second, actor)


@get("/incidents/resumptions/{resumption_id:str}", opt={"permission": "incident.read"})
async def show_resumptions(resumption_id: FromPath[str], orderloom: Loom) -> Progress:
    """How far it is."""
    return orderloom.bulk.progress(number(resumption_id, "bulk.unknown"))


def _shown(incident: Incident, language: str) -> IncidentShown:
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
    )


routes = [list_incidents, show_incident, resume, resume_many, show_resumptions]
