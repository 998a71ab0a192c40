"""The register of outside systems, and the assessment of what each can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litestar import delete, get, post, put
from litestar.params import FromPath, RawBody
from litestar.status_codes import HTTP_201_CREATED

from designer.api.given import Actor, Loom, TakesJson
from designer.api.order_path import IfMatch, SavedShown, saved
from designer.api.shapes import Listed, utc
from engine.app import Orderloom, now
from engine.json_text import read_json
from engine.path.assess import Assessment, assess, kept_assessments
from engine.path.systems import System, Systems


@dataclass(frozen=True, slots=True)
class AssessmentShown:
    """``can``: what was tried, and whether it went; ``clock_offset``: seconds that their clock is ahead; ``reasons``: words of a list."""

    at: str
    can: Mapping[str, bool]
    clock_offset: int | None
    way: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class SystemShown:
    """``version`` 0: nobody wrote an entry, it is there for its connection."""

    name: str
    version: int
    title: str
    owner: str
    offers: Sequence[str]
    connections: Sequence[str]
    per_minute: int | None
    limits: str
    note: str
    assessment: AssessmentShown | None


@get("/systems", opt={"permission": "connection.read"})
async def list_systems(orderloom: Loom) -> Listed[SystemShown]:
    """All by name."""
    found = await _register(orderloom).all()
    kept = await kept_assessments(orderloom.store, [one.name for one in found])
    return Listed([_shown(one, kept.get(one.name)) for one in found])


@get("/systems/{name:str}", opt={"permission": "connection.read"})
async def show_system(name: FromPath[str], orderloom: Loom) -> SystemShown:
    """One system, with the newest assessment."""
    kept = await kept_assessments(orderloom.store, [name])
    return _shown(await _register(orderloom).one(name), kept.get(name))


@put("/systems/{name:str}", opt={"permission": "path.write"}, operation_class=TakesJson)
async def save_system(name: FromPath[str], body: RawBody, orderloom: Loom, actor: Actor, if_match: IfMatch = None) -> SavedShown:
    """Keep an entry: ``title``, ``owner``, ``connections``, ``offers``, ``per_minute``, ``limits``, ``note``. 412; 422 with all."""
    register = _register(orderloom)
    entry = register.checked(name, read_json(body))
    return SavedShown(await saved(lambda seen: register.save(name, entry, expected=seen, actor=actor), if_match))


@delete("/systems/{name:str}", opt={"permission": "path.write"})
async def delete_system(name: FromPath[str], orderloom: Loom, actor: Actor) -> None:
    """Forget the entry; the connections stay."""
    await _register(orderloom).remove(name, actor=actor)


@post("/systems/{name:str}/assessments", opt={"permission": "connection.write"}, status_code=HTTP_201_CREATED)
async def assess_system(name: FromPath[str], orderloom: Loom, actor: Actor) -> AssessmentShown:
    """Try what its connections can do and recommend the way in. Nothing is written on the other side. 409 while it is under way."""
    register = _register(orderloom)
    return _assessed(await assess(await register.one(name), register, orderloom.prober, orderloom.store, now(), actor))


def _register(orderloom: Orderloom) -> Systems:
    return Systems(orderloom.store, orderloom.book)


def _shown(one: System, assessment: Assessment | None) -> SystemShown:
    entry = one.entry
    return SystemShown(
        one.name, one.version, entry.title, entry.owner, one.offers, entry.connections, entry.per_minute, entry.limits, entry.note,
        None if assessment is None else _assessed(assessment),
    )  # fmt: skip


def _assessed(one: Assessment) -> AssessmentShown:
    return AssessmentShown(utc(one.at), one.can, one.offset, one.way, one.reasons)


routes = [list_systems, show_system, save_system, delete_system, assess_system]
