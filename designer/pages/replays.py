"""Replays of a flow: the form, how far it is, and the orders of which something else would become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Annotated, Any

from litestar import get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect, Response

from designer.api.given import number
from designer.api.replays import UNKNOWN, NewReplay, start
from designer.pages.clock import Clock
from designer.pages.environment import href
from designer.pages.flow_cards import judged
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.held import held
from designer.pages.listing import known
from designer.pages.words import REPLAY_SPANS
from engine.app import now
from engine.errors import InputInvalid, NotFound, OrderloomError, Problem
from engine.flow.document import Flow
from engine.replay import DRAFT, KeptReplay, OrderChanges, Span
from engine.run.changes import Change
from engine.run.made import Place

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it was filled in; ``against``: ``draft`` or the number of a version."""

    within: str = "day"
    since: str = ""
    until: str = ""
    against: str = DRAFT


@dataclass(frozen=True, slots=True)
class Group:
    """The changes of one thing that a step makes. ``problem``: of an item that parks after (or did before, where it parks no more)."""

    place: Place
    changes: Sequence[Change]


@get("/flows/{name:str}/replays", opt={"permission": "flow.read"})
async def ask_for_replay(
    request: PageRequest,
    name: FromPath[str],
    within: FromQuery[str | None] = None,
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    against: FromQuery[str] = DRAFT,
) -> Response[str]:
    """The form, with the last replay below it."""
    asked = Asked(known(within, REPLAY_SPANS) or "day", since, until, against)
    last = await loom(request).replays.of(name)
    shown = await loom(request).replays.get(name, last[0].id) if last and within is None else None
    return await _shown(request, name, asked, shown)


@get("/flows/{name:str}/replays/{replay_id:int}", opt={"permission": "event.read"})
async def show_replay(
    request: PageRequest, name: FromPath[str], replay_id: FromPath[int], cursor: FromQuery[str | None] = None
) -> Response[str]:
    kept = await loom(request).replays.get(name, replay_id)
    return await _shown(request, name, _as_asked(kept, reader_for(request).clock), kept, cursor)


@post("/flows/{name:str}/replays", opt={"permission": "flow.read"}, status_code=303)
async def begin_replay(
    request: PageRequest, name: FromPath[str], data: Annotated[Asked, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """To the page of the replay; the form again, with what is wrong, where it cannot begin."""
    try:
        span = span_of(data, reader_for(request).clock)
        against = DRAFT if data.against == DRAFT else number(data.against, "flow.version_unknown")
        kept = await start(loom(request), name, NewReplay(span.since, span.until, against), request.state.actor)
    except NotFound:
        raise
    except OrderloomError as error:
        return await _shown(request, name, data, None, refused=error.problems, status=422)
    return Redirect(path=f"/flows/{name}/replays/{kept.id}", status_code=303)


@post("/flows/{name:str}/replays/{replay_id:str}/cancellation", opt={"permission": "flow.read"}, status_code=303)
async def cancel_replay(request: PageRequest, name: FromPath[str], replay_id: FromPath[str]) -> Redirect:
    await loom(request).replays.cancel(name, number(replay_id, UNKNOWN))
    return Redirect(path=f"/flows/{name}/replays/{replay_id}", status_code=303)


def span_of(asked: Asked, clock: Clock) -> Span:
    """What the form means on the reader's clock. Raises ``InputInvalid`` (``replay.bad_span``) for times that cannot be read."""
    moment = now()
    midnight = clock.midnight(moment)
    if asked.within == "hour":
        return Span(moment - timedelta(hours=1), moment)
    if asked.within == "day":
        return Span(moment - timedelta(days=1), moment)
    if asked.within == "today":
        return Span(midnight, moment)
    if asked.within == "yesterday":
        return Span(clock.midnight(midnight - timedelta(hours=1)), midnight)
    since, until = clock.read(asked.since), clock.read(asked.until)
    if since is None or (until is None and asked.until):
        raise InputInvalid(Problem("replay.bad_span"))
    return Span(since, until or moment)


def grouped(changes: Sequence[Change]) -> list[Group]:
    return [Group(place, list(some)) for place, some in groupby(changes, key=lambda change: change.place)]


def problem_in(value: Any) -> Problem | None:
    """The problem of a parked item, as a change shows it."""
    if isinstance(value, dict) and {"code", "where", "fields"} <= value.keys():  # pyright: ignore[reportUnknownMemberType]
        parts: Mapping[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        return Problem(parts["code"], tuple(parts["where"]), parts["fields"])
    return None


async def _shown(
    request: PageRequest,
    name: str,
    asked: Asked,
    kept: KeptReplay | None,
    cursor: str | None = None,
    *,
    refused: Sequence[Problem] = (),
    status: int = 200,
) -> Response[str]:
    engine = loom(request)
    record = await engine.store.flow(name)
    found = kept.page(PER_PAGE, cursor) if kept is not None else None
    orders: Sequence[OrderChanges] = found.items if found is not None else ()
    here = f"/flows/{name}/replays/{kept.id}" if kept is not None else ""
    return page(
        request, "flows/replay.html", status=status,
        record=record, asked=asked, kept=kept, orders=orders, grouped=grouped, problem_in=problem_in, refused=refused,
        links={"older": href(here, cursor=found.next) if found and found.next else None, "newest": here if cursor else None},
        versions=await engine.store.versions(name), flow=await _flow(request, record.published, record.draft, name),
        held=await held(engine.store, (order.order_key for order in orders)), share=(await engine.store.shares()).get(name),
    )  # fmt: skip


async def _flow(request: PageRequest, published: int | None, draft: bytes | None, name: str) -> Flow | None:
    """For the titles of its nodes."""
    document = draft if draft is not None else (await loom(request).store.version(name, published)).document if published else None
    return judged(loom(request), document)[0]


def _as_asked(kept: KeptReplay, clock: Clock) -> Asked:
    ends = [clock.field(at) if at else "" for at in (kept.span.since, kept.span.until)]
    return Asked("own", ends[0], ends[1], kept.against)


routes = (ask_for_replay, show_replay, begin_replay, cancel_replay)
