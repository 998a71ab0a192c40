"""Stuck orders: those that have not reached a stage of their path in its time; sending them on; and the times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Response, get, post, put
from litestar.params import FromQuery, JSONBody, RawBody
from litestar.status_codes import HTTP_202_ACCEPTED
from msgspec import Meta

from designer.api.given import Actor, Language, Loom, TakesJson
from designer.api.order_path import IfMatch, SavedShown, saved
from designer.api.shapes import ProblemShown, raw, utc, utc_or_none
from engine.bulk import Progress
from engine.catalogue import explain
from engine.errors import Problem
from engine.json_text import read_json
from engine.path.finder import StuckFilter
from engine.path.stages import Timed
from engine.path.stuck import SENT_ON, Cause, StuckOrder
from engine.path.times import kept_times, parse_times, save_times, times_document


@dataclass(frozen=True, slots=True)
class StuckShown:
    """``stage``: the first that it should have reached; ``expected``: seconds in which; ``problem``: of the incident that keeps it.

    ``sent_on``: whether a resumption of many sends it on; ``run`` is ``null`` where its runs are done and it is only not shipped.
    """

    channel: str
    shop_id: str
    channel_order_id: str
    stage: str
    expected: int
    since: str
    late_by: int
    cause: str
    step: str
    connection: str | None
    problem: ProblemShown | None
    run: str | None
    flow: str
    incidents: Sequence[str]
    sent_on: bool


@dataclass(frozen=True, slots=True)
class StuckLookShown:
    """Oldest first; ``more``: there may be others; ``at``: when it was looked."""

    items: Sequence[StuckShown]
    more: bool
    at: str | None


@dataclass(frozen=True, slots=True)
class StuckResumption:
    """Those that fit are tried again under the same key, oldest first, ``per_second`` at most."""

    stage: Timed | None = None
    channel: str | None = None
    cause: Cause | None = None
    per_second: Annotated[float, Meta(gt=0, le=1000)] = 5.0


@get("/stuck-orders", opt={"permission": "incident.read"})
async def list_stuck(
    orderloom: Loom,
    language: Language,
    stage: FromQuery[Timed | None] = None,
    channel: FromQuery[str | None] = None,
    cause: FromQuery[Cause | None] = None,
    fresh: FromQuery[bool] = False,
) -> StuckLookShown:
    """What the last look found, at most half a minute ago; ``fresh``: look now."""
    look = orderloom.stuck.last
    if fresh or look.at is None:
        look = await orderloom.stuck.look(fresh=fresh)
    found = look.chosen(StuckFilter(stage, channel, cause))
    at = look.at or orderloom.started_at
    return StuckLookShown([_shown(one, one.late_by(at), language) for one in found], look.more, utc_or_none(look.at))


@post("/stuck-orders/resumptions", opt={"permission": "run.write"}, status_code=HTTP_202_ACCEPTED)
async def send_on(data: JSONBody[StuckResumption], orderloom: Loom, actor: Actor) -> Progress:
    """Send on many, in the background: ``GET /api/incidents/resumptions/{id}`` tells how far it is. 409 while another one is under way."""
    look = await orderloom.stuck.look()
    found = [one for one in look.chosen(StuckFilter(data.stage, data.channel, data.cause)) if one.why.cause in SENT_ON]
    return await orderloom.bulk.start([number for one in found for number in one.incidents], "again", data.per_second, actor)


@get("/stuck-orders/times", opt={"permission": "incident.read"})
async def show_times(orderloom: Loom) -> Response[Any]:
    """Seconds by stage: ``{"all": {stage: n}, "channels": {channel: {stage: n}}}``. The version is the ETag."""
    kept = await kept_times(orderloom.store)
    return Response(raw(times_document(kept.times)), headers={"ETag": f'"{kept.version}"'})


@put("/stuck-orders/times", opt={"permission": "path.write"}, operation_class=TakesJson)
async def change_times(body: RawBody, orderloom: Loom, actor: Actor, if_match: IfMatch = None) -> SavedShown:
    """Keep the times as a whole. 412 where that of ``If-Match`` is not the newest version; 422 with all problems."""
    times = parse_times(read_json(body))
    return SavedShown(await saved(lambda seen: save_times(orderloom.store, times, expected=seen, actor=actor), if_match))


def _shown(one: StuckOrder, late_by: int, language: str) -> StuckShown:
    why = one.why
    problem = None if why.code is None else ProblemShown(**explain(Problem(why.code, (), why.fields), language))
    run = None if one.run_id is None else str(one.run_id)
    incidents = [str(number) for number in one.incidents]
    return StuckShown(
        one.channel, one.shop, one.number, one.stage, one.expected, utc(one.since), late_by, why.cause, why.step, why.connection, problem,
        run, one.flow, incidents, why.cause in SENT_ON,
    )  # fmt: skip


routes = [list_stuck, send_on, show_times, change_times]
