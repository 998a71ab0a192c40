"""Stuck orders: what is late at a stage of its path, why, and sending it on; and how long each stage may take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any, Final, cast

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery
from litestar.response import Redirect
from pydantic import TypeAdapter, ValidationError

from designer.pages.filters import Given
from designer.pages.flow_titles import node_titles
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.listing import chosen, known
from designer.pages.words import CAUSES, CHANNELS, TIMED_STAGES
from engine.errors import Conflict, InputInvalid, Problem
from engine.node.durations import Duration, duration_text
from engine.path.finder import StuckFilter, StuckLook
from engine.path.stages import TIMED
from engine.path.stuck import SENT_ON, StuckOrder
from engine.path.times import STANDARD, ExpectedTimes, kept_times, parse_times, save_times

PATH: Final = "/stuck"
SHOWN: Final = 200
_DURATION: Final[TypeAdapter[timedelta]] = TypeAdapter(Duration)


@dataclass(frozen=True, slots=True)
class Sending:
    """A form: the filters of the page, and how many orders a second."""

    stage: str = ""
    channel: str = ""
    cause: str = ""
    per_second: float = 5.0


@get(PATH, opt={"permission": "incident.read"})
async def list_stuck(
    request: PageRequest, stage: FromQuery[str | None] = None, channel: FromQuery[str | None] = None, cause: FromQuery[str | None] = None
) -> Response[str]:
    """What the last look found; the first time somebody asks, it looks."""
    engine = loom(request)
    look = engine.stuck.last if engine.stuck.last.at is not None else await engine.stuck.look()
    return await _page(request, look, _filter(stage, channel, cause))


@post("/stuck/looks", opt={"permission": "incident.read"}, status_code=303)
async def look_now(request: PageRequest) -> Redirect:
    """Looks at once, at what is not shipped too."""
    await loom(request).stuck.look(fresh=True)
    return Redirect(path=PATH, status_code=303)


@post("/stuck/resumptions", opt={"permission": "run.write"}, status_code=303)
async def send_on(request: PageRequest, data: Annotated[Sending, Body(media_type=RequestEncodingType.URL_ENCODED)]) -> Redirect:
    """Begins to send on those that fit, oldest first; the list of incidents tells how far it is. 409 while another one is under way."""
    engine = loom(request)
    look = await engine.stuck.look()
    incidents = [number for one in _sendable(look, _filter(data.stage, data.channel, data.cause)) for number in one.incidents]
    await engine.bulk.start(incidents, "again", min(max(data.per_second, 0.1), 1000.0), request.state.actor)
    return Redirect(path=PATH, status_code=303)


@get("/stuck/times", opt={"permission": "incident.read"})
async def show_times(request: PageRequest, saved: FromQuery[str] = "") -> Response[str]:
    kept = await kept_times(loom(request).store)
    return _times(request, typed_of(kept.times), kept.version, saved=bool(saved))


@post("/stuck/times", opt={"permission": "path.write"}, status_code=200)
async def change_times(request: PageRequest) -> Response[Any]:
    """Fields ``CHANNEL.STAGE``, such as ``5m``; the channel is empty for all. 422 with all problems, 409 where somebody was quicker."""
    form = {name: value.strip() for name, value in (await request.form()).items() if isinstance(value, str)}
    typed = {name: value for name, value in form.items() if not name.startswith("_")}
    version = int(form["_version"]) if form.get("_version", "").isdecimal() and len(form["_version"]) < 10 else 0
    store = loom(request).store
    try:
        times = parse_times(_document(typed))
    except InputInvalid as error:
        return _times(request, typed, version, [_as_duration(one) for one in error.problems], status=422)
    try:
        await save_times(store, times, expected=version, actor=request.state.actor)
    except Conflict as error:
        return _times(request, typed, version, error.problems, status=409)
    await loom(request).stuck.look(fresh=True)
    return cast("Response[Any]", Redirect(path="/stuck/times?saved=1", status_code=303))


def typed_of(times: ExpectedTimes) -> dict[str, str]:
    """The fields of the form, as they are kept."""
    whole = {f".{stage}": _written(times.of("", stage)) for stage in TIMED}
    own = {
        f"{name}.{stage}": _written(value)
        for name, one in times.channels.items()
        for stage, value in one.model_dump(exclude_none=True).items()
    }
    return {**whole, **own}


def _document(typed: dict[str, str]) -> dict[str, Any]:
    document: dict[str, Any] = {"all": {}, "channels": {}}
    for name, value in typed.items():
        channel, _, stage = name.rpartition(".")
        if value and stage in TIMED:
            (document["channels"].setdefault(channel, {}) if channel else document["all"])[stage] = _read(value)
    return document


def _written(seconds: int) -> str:
    return duration_text(_seconds(seconds))


def _read(value: str) -> object:
    """Whole seconds, also where only a number is written; what is no duration stays as it is."""
    if value.isascii() and value.isdecimal() and len(value) < 12:
        return int(value)
    try:
        return -(-_DURATION.validate_python(value) // _seconds(1))
    except ValidationError:
        return value


def _as_duration(one: Problem) -> Problem:
    """What is no number is told here how a duration is written."""
    if one.fields.get("rule") != "int_parsing":
        return one
    return replace(one, fields={"rule": "duration", "reason": "write a duration such as 30s, 5m, 2h or 1d"})


def _seconds(number: int) -> timedelta:
    return timedelta(seconds=number)


def _filter(stage: str | None, channel: str | None, cause: str | None) -> StuckFilter:
    return StuckFilter(cast("Any", known(stage, TIMED_STAGES)), chosen(channel), cast("Any", known(cause, CAUSES)))


def _sendable(look: StuckLook, where: StuckFilter) -> list[StuckOrder]:
    return [one for one in look.chosen(where) if one.why.cause in SENT_ON]


async def _page(request: PageRequest, look: StuckLook, where: StuckFilter) -> Response[str]:
    engine = loom(request)
    found = look.chosen(where)
    filters = {"stage": where.stage, "channel": where.channel, "cause": where.cause}
    return page(
        request, "stuck/list.html",
        look=look, found=found[:SHOWN], total=len(found), sendable=len(_sendable(look, where)), filters=filters,
        given=Given(PATH, filters), channels=sorted({one.channel for one in look.orders}), bulk=engine.bulk.last,
        seconds_of=_seconds, id_of=id,
        nodes=await node_titles(engine, [(one.flow, one.why.step) for one in found[:SHOWN]], reader_for(request).language),
        faults={id(one): Problem(one.why.code, (), one.why.fields) for one in found[:SHOWN] if one.why.code is not None},
    )  # fmt: skip


def _times(
    request: PageRequest, typed: dict[str, str], version: int, problems: Sequence[Problem] = (), *, saved: bool = False, status: int = 200
) -> Response[str]:
    channels = sorted({*CHANNELS, *(name.rpartition(".")[0] for name in typed if not name.startswith("."))})
    return page(
        request, "stuck/times.html", status=status,
        typed=typed, version=version, problems=problems, saved=saved, channels=channels, stages=TIMED,
        standard={stage: _written(seconds) for stage, seconds in STANDARD.items()},
    )  # fmt: skip


routes = (list_stuck, look_now, send_on, show_times, change_times)
