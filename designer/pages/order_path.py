"""The order's path: as the published flows take it, live, and beside it the present way as people draw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, ServerSentEvent

from designer.live.path_feed import PathFeed
from designer.pages.connection_forms import KindShown, kinds
from designer.pages.environment import said
from designer.pages.flow_titles import flow_titles
from designer.pages.frame import PageRequest, loom, page, reader_for, render
from designer.pages.path_map import draw_chain, draw_path
from designer.pages.path_words import link_of, name_of, symbol_of
from designer.pages.present_form import EditedWay, edited, submitted_way
from designer.pages.stream import live_part
from engine.errors import Conflict, OrderloomError, Problem
from engine.path.model import Gap
from engine.path.present import KeptWay, PresentWays

READ: Final = {"permission": "flow.read"}
WRITE: Final = {"permission": "path.write"}
PATH: Final = "/order-path"
FRAGMENT: Final = "path/live.html"


@get(PATH, opt=READ)
async def show_path(request: PageRequest, version: FromQuery[int | None] = None) -> Response[str]:
    """``version``: one of the present way, else the newest."""
    ways = PresentWays(loom(request).store)
    shown = await ways.current() if version is None else await ways.version(version)
    return page(request, "path/page.html", versions=await ways.versions(), **_present(shown), **await _values(request))


@get("/order-path/live", opt=READ)
async def live_path(request: PageRequest) -> ServerSentEvent:
    """The drawn path with its figures as HTML, sent anew whenever it changed."""

    async def now() -> str:
        return render(request, FRAGMENT, **await _values(request))

    return live_part(request, now)


@get("/order-path/present", opt=WRITE)
async def edit_present(request: PageRequest, version: FromQuery[int | None] = None) -> Response[str]:
    """``version``: an older one to begin from."""
    ways = PresentWays(loom(request).store)
    newest = await ways.current()
    begun = newest if version is None else await ways.version(version)
    return _form(request, edited(begun.way, newest.version))


@post("/order-path/present", opt=WRITE, status_code=200)
async def change_present(request: PageRequest) -> Response[Any]:
    """A button of a row changes the list on the page only; "save" keeps it: 422 with all problems, 409 where somebody was quicker."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    given = submitted_way(form)
    if given.way is None or given.action != "save":
        return _form(request, given, status=422 if given.problems else 200)
    try:
        await PresentWays(loom(request).store).save(given.way, expected=given.version, actor=request.state.actor)
    except Conflict as error:
        return _form(request, given, error, status=409)
    if "hx-request" in request.headers:
        return Response("", headers={"HX-Redirect": PATH})
    return Redirect(path=PATH, status_code=303)


def path_feed(request: PageRequest) -> PathFeed:
    """That of the running engine, made when first asked for."""
    found: PathFeed | None = getattr(request.app.state, "path_feed", None)
    if found is None:
        found = request.app.state.path_feed = PathFeed(loom(request))
    return found


async def _values(request: PageRequest) -> dict[str, Any]:
    reading = await path_feed(request).current()
    language = reader_for(request).language
    known = {one.name: one for family in kinds().values() for one in family}
    names = {one.id: name_of(one, known, language) for one in reading.path.stations}
    broken = await flow_titles(loom(request), reading.broken_flows, language)
    problems = [Problem("path.flow_broken", (title,), {"flow": title}) for title in broken.values()]
    return {
        "symbol_of": symbol_of, "link_of": link_of, "reading": reading, "names": names, "map": draw_path(reading.path), "kinds": known,
        "stations": {one.id: one for one in reading.path.stations}, "gaps": [*problems, *_gaps(reading.path.gaps, names, known, language)],
    }  # fmt: skip


def _gaps(gaps: Sequence[Gap], names: Mapping[str, str], known: Mapping[str, KindShown], language: str) -> list[Problem]:
    """One problem for all of a kind, with what its stations are called; a channel without a station is known by its connection."""
    found: dict[str, list[str]] = {}
    for gap in gaps:
        channel = str(gap.fields["name"])
        kind = known.get(channel)
        name = names.get(gap.station or "") or (said(language, kind.title) if kind is not None else channel)
        found.setdefault(gap.code, []).append(name)
    return [Problem(code, (), {"name": list(dict.fromkeys(several))}) for code, several in found.items()]


def _present(shown: KeptWay) -> dict[str, Any]:
    return {"present": shown, "chain": draw_chain(len(shown.way.steps))}


def _form(request: PageRequest, given: EditedWay, refused: OrderloomError | None = None, *, status: int = 200) -> Response[str]:
    return page(request, "path/edit.html", status=status, edited=given, refused=refused.problems if refused else ())


routes = (show_path, live_path, edit_present, change_present)
