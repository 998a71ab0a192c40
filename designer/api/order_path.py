"""The order's path as data: stations, hand-overs, gaps and figures; and the present way with its versions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Response, get, put
from litestar.datastructures import State
from litestar.params import HeaderParameter, RawBody

from designer.api.given import Actor, Language, Loom, TakesJson
from designer.api.shapes import Listed, ProblemShown, raw, utc_or_none
from designer.live.path_feed import Figures, PathFeed
from designer.problems import Refused
from engine.catalogue import explain
from engine.errors import Conflict, Problem
from engine.json_text import read_json
from engine.path.model import Station
from engine.path.present import KeptWay, PresentWays, parse_way

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The version that the writer saw; `*` for whatever there is.")]


@dataclass(frozen=True, slots=True)
class FiguresShown:
    """As on the page: orders since the start, runs now, open incidents, seconds over the last hour."""

    passed: int
    in_work: int
    waiting: int
    parked: int
    count: int
    p50: float | None
    p95: float | None
    troubles: Sequence[ProblemShown]


@dataclass(frozen=True, slots=True)
class StationShown:
    """``places``: its nodes, as ``flow.node``; ``way``: how orders come in, of a source."""

    id: str
    stage: str
    name: str
    titles: Mapping[str, str]
    connection: str | None
    system: str | None
    way: str | None
    places: Sequence[str]
    figures: FiguresShown


@dataclass(frozen=True, slots=True)
class HandOverShown:
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class GapShown:
    """Where the path breaks off as it is built; ``station``: behind which."""

    station: str | None
    problem: ProblemShown


@dataclass(frozen=True, slots=True)
class PathShown:
    stations: Sequence[StationShown]
    hand_overs: Sequence[HandOverShown]
    gaps: Sequence[GapShown]


@dataclass(frozen=True, slots=True)
class WayShown:
    """``version`` 0: nobody has drawn it yet. ``steps``: what ``PUT`` takes."""

    version: int
    actor: str
    at: str | None
    steps: Any


@dataclass(frozen=True, slots=True)
class SavedShown:
    version: int


@get("/order-path", opt={"permission": "flow.read"})
async def show_path(orderloom: Loom, language: Language, state: State) -> PathShown:
    """The path as the published flows take it, with what moves along it."""
    feed: PathFeed | None = getattr(state, "path_feed", None)
    if feed is None:
        feed = state.path_feed = PathFeed(orderloom)
    reading = await feed.current()
    stations = [_station(one, reading.figures[one.id], language) for one in reading.path.stations]
    gaps = [GapShown(one.station, ProblemShown(**explain(Problem(one.code, (), one.fields), language))) for one in reading.path.gaps]
    return PathShown(stations, [HandOverShown(one.source, one.target) for one in reading.path.hand_overs], gaps)


@get("/order-path/present", opt={"permission": "flow.read"})
async def show_present(orderloom: Loom) -> Response[WayShown]:
    """The present way as people drew it, in its newest version, which is also its ETag."""
    kept = await PresentWays(orderloom.store).current()
    return Response(_way(kept), headers={"ETag": f'"{kept.version}"'})


@get("/order-path/present/versions", opt={"permission": "flow.read"})
async def list_versions(orderloom: Loom) -> Listed[WayShown]:
    """All versions, newest first."""
    return Listed([_way(one) for one in await PresentWays(orderloom.store).versions()])


@put("/order-path/present", opt={"permission": "path.write"}, operation_class=TakesJson)
async def save_present(body: RawBody, orderloom: Loom, actor: Actor, if_match: IfMatch = None) -> SavedShown:
    """Keep ``{"steps": […]}`` as the next version. 412 where that of ``If-Match`` is not the newest; 422 with all problems."""
    way = parse_way(read_json(body))
    return SavedShown(await saved(lambda seen: PresentWays(orderloom.store).save(way, expected=seen, actor=actor), if_match))


async def saved(save: Callable[[int | None], Awaitable[int]], if_match: str | None) -> int:
    """What ``save`` gives, called with the version that the writer saw. Raises ``Refused`` (412)."""
    given = (if_match or "*").strip().strip('"')
    seen = int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else None
    if seen is None and given != "*":
        raise Refused(412, Problem("sheet.changed", fields={"version": "?"}))
    try:
        return await save(seen)
    except Conflict as error:
        raise Refused(412, error.problems[0]) from None


def _station(one: Station, figures: Figures, language: str) -> StationShown:
    shown = FiguresShown(
        figures.passed, figures.in_work, figures.waiting, figures.parked, figures.count, figures.p50, figures.p95,
        [ProblemShown(**explain(problem, language)) for problem in figures.troubles],
    )  # fmt: skip
    places = [".".join(place) for place in one.places]
    return StationShown(one.id, one.stage, one.name, one.titles or {}, one.connection, one.system, one.way, places, shown)


def _way(kept: KeptWay) -> WayShown:
    return WayShown(kept.version, kept.actor, utc_or_none(kept.at), raw(kept.way.model_dump(mode="json")["steps"]))


routes = [show_path, show_present, list_versions, save_present]
