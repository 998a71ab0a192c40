"""Recordings of traffic: the list with the form that begins one, and one recording with the versions to try on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect

from designer.api.given import number
from designer.api.replays import NewReplay, start
from designer.pages.environment import href
from designer.pages.flow_titles import Place, flow_titles, node_titles
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.held import held
from designer.pages.listing import PER_PAGE, links
from engine.app import Orderloom
from engine.errors import InputInvalid, NotFound, OrderloomError, Problem
from engine.replay import DRAFT
from engine.replay.recorder import LONGEST, MOST, MOST_DAYS
from engine.store.ports import FlowRecord, FlowVersion, Traffic, TrafficOrder


@dataclass(frozen=True, slots=True)
class Wanted:
    """The form as it was filled in; ``of``: ``flow:NAME`` or ``connection:NAME``."""

    of: str = ""
    orders: str = "200"
    minutes: str = "60"
    days: str = "30"


@dataclass(frozen=True, slots=True)
class Tried:
    """The form: a flow of the recording, and what its orders shall go through."""

    flow: str
    against: str = DRAFT


@get("/recordings", opt={"permission": "recording.read"})
async def list_recordings(request: PageRequest, of: FromQuery[str] = "", cursor: FromQuery[str | None] = None) -> Response[str]:
    """``of``: what the form is filled in with."""
    return await _listed(request, Wanted(of), cursor=cursor)


@post("/recordings", opt={"permission": "recording.write"}, status_code=303)
async def begin_recording(
    request: PageRequest, data: Annotated[Wanted, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[str] | Redirect:
    """To the page of the recording; the form again, with what is wrong, where it cannot begin."""
    kind, _, name = data.of.partition(":")
    given = {"flow": name, "connection": ""} if kind == "flow" else {"flow": "", "connection": name if kind == "connection" else ""}
    try:
        most, minutes, days = (_whole(text) for text in (data.orders, data.minutes, data.days))
        begun = await loom(request).recorder.begin(
            given["flow"], request.state.actor, connection=given["connection"], most=most, minutes=minutes, days=days
        )
    except OrderloomError as error:
        return await _listed(request, data, refused=error.problems, status=422)
    return Redirect(path=f"/recordings/{begun.id}", status_code=303)


@get("/recordings/{recording_id:int}", opt={"permission": "recording.read"})
async def show_recording(request: PageRequest, recording_id: FromPath[int], after: FromQuery[int] = 0) -> Response[str]:
    return await _shown(request, recording_id, after)


@post("/recordings/{recording_id:int}/ending", opt={"permission": "recording.write"}, status_code=303)
async def end_recording(request: PageRequest, recording_id: FromPath[int]) -> Redirect:
    await loom(request).recorder.end(recording_id, request.state.actor)
    return Redirect(path=f"/recordings/{recording_id}", status_code=303)


@post("/recordings/{recording_id:int}/deletion", opt={"permission": "recording.write"}, status_code=303)
async def delete_recording(request: PageRequest, recording_id: FromPath[int]) -> Redirect:
    await loom(request).recorder.delete(recording_id, request.state.actor)
    return Redirect(path="/recordings", status_code=303)


@post("/recordings/{recording_id:int}/trials", opt={"permission": "flow.read"}, status_code=303)
async def try_on_it(
    request: PageRequest, recording_id: FromPath[int], data: Annotated[Tried, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[str] | Redirect:
    """To the report; the page again, with all problems, where the version cannot run."""
    try:
        against = DRAFT if data.against == DRAFT else number(data.against, "flow.version_unknown")
        kept = await start(loom(request), data.flow, NewReplay(against=against, recording=str(recording_id)), request.state.actor)
    except OrderloomError as error:
        return await _shown(request, recording_id, 0, refused=error.problems, status=422)
    return Redirect(path=f"/flows/{data.flow}/replays/{kept.id}", status_code=303)


async def _listed(
    request: PageRequest, wanted: Wanted, *, cursor: str | None = None, refused: Sequence[Problem] = (), status: int = 200
) -> Response[str]:
    engine = loom(request)
    found = await engine.store.traffics(limit=PER_PAGE, cursor=cursor)
    flows = sorted(await engine.store.published())
    return page(
        request, "recordings/list.html", status=status,
        found=found, links=links("/recordings", found, cursor, {}), wanted=wanted, refused=refused,
        flows=flows, titles=await flow_titles(engine, [*(one.flow for one in found.items), *flows], reader_for(request).language),
        nodes=await node_titles(engine, _triggers(found.items), reader_for(request).language),
        connections=sorted(engine.book.names()),
        most=MOST, longest=LONGEST, most_days=MOST_DAYS,
    )  # fmt: skip


async def _shown(
    request: PageRequest, recording_id: int, after: int, *, refused: Sequence[Problem] = (), status: int = 200
) -> Response[str]:
    engine = loom(request)
    traffic = await engine.store.traffic(recording_id)
    found = await engine.store.traffic_orders(recording_id, after=after, limit=PER_PAGE + 1)
    orders: Sequence[TrafficOrder] = found[:PER_PAGE]
    here = f"/recordings/{recording_id}"
    trials = await engine.replays.on(recording_id)
    names = [traffic.flow, *(one.flow for one in (*trials, *orders))]
    titles = await flow_titles(engine, names, reader_for(request).language)
    onward = href(here, after=orders[-1].event_id) if len(found) > PER_PAGE else None
    return page(
        request, "recordings/one.html", status=status,
        traffic=traffic, orders=orders, flows=await _flows(engine, traffic.flow, orders), refused=refused,
        trials=trials, titles=titles, nodes=await node_titles(engine, _triggers([traffic]), reader_for(request).language),
        links={"older": onward, "newest": here if after else None}, held=await held(engine.store, [one.order_key for one in orders]),
    )  # fmt: skip


def _triggers(recordings: Sequence[Traffic]) -> list[Place]:
    return [(one.flow, one.trigger) for one in recordings if one.flow and one.trigger]


async def _flows(engine: Orderloom, named: str, orders: Sequence[TrafficOrder]) -> list[tuple[FlowRecord, Sequence[FlowVersion]]]:
    """What may be tried on the recording."""
    found: list[tuple[FlowRecord, Sequence[FlowVersion]]] = []
    for name in sorted({named} - {""} or {one.flow for one in orders}):
        try:
            found.append((await engine.store.flow(name), await engine.store.versions(name)))
        except NotFound:
            continue
    return found


def _whole(text: str) -> int:
    """Raises ``InputInvalid`` (``recording.limits``)."""
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise InputInvalid(Problem("recording.limits", fields={"most": MOST, "days": LONGEST // 1440, "kept": MOST_DAYS}))
    return int(text)


routes = (list_recordings, begin_recording, show_recording, end_recording, delete_recording, try_on_it)
