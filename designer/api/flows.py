"""Flows and their published versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_201_CREATED

from designer.api.documents import ProblemPlaced, examined, require_name
from designer.api.documents import shown as in_places
from designer.api.drafts import DraftKept, kept
from designer.api.given import Actor, Cursor, Language, Limit, Loom
from designer.api.shapes import Listed, VersionShown, raw, utc, version_shown
from engine.app import Orderloom
from engine.errors import Conflict, NotFound, Problem
from engine.flow.document import FORMAT, Flow
from engine.flow.reader import inspect
from engine.flow.writer import write_flow
from engine.json_text import read_json
from engine.store.ports import FlowRecord

SCHEMA = "./flow.schema.json"


@dataclass(frozen=True, slots=True)
class FlowShown:
    """``published`` is the version in use; ``draft`` the ETag of the draft; ``running`` whether this server takes events for it."""

    name: str
    title: Mapping[str, str]
    published: int | None
    draft: str | None
    running: bool
    updated_at: str


@dataclass(frozen=True, slots=True)
class FlowWhole(FlowShown):
    """``document`` is the published one, else the draft; ``problems`` are those of the draft."""

    document: Any
    problems: Sequence[ProblemPlaced]


@dataclass(frozen=True, slots=True)
class NewFlow:
    """``title`` by language: ``en``, ``zh``."""

    name: str
    title: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class VersionWhole:
    flow: str
    version: int
    digest: str
    note: str
    actor: str
    at: str
    document: Any


@get("/flows", opt={"permission": "flow.read"})
async def list_flows(orderloom: Loom, limit: Limit = 50, cursor: Cursor = None) -> Listed[FlowShown]:
    """Flows by name."""
    found = await orderloom.store.flows(limit=limit, cursor=cursor)
    return Listed([await _shown(orderloom, record) for record in found.items], found.next)


@post("/flows", opt={"permission": "flow.write"})
async def create_flow(data: JSONBody[NewFlow], orderloom: Loom, language: Language, actor: Actor) -> Response[DraftKept]:
    """A new flow with an empty draft; the answer carries its ETag. 409 where there is a flow of this name."""
    require_name(data.name)
    if await _exists(orderloom, data.name):
        raise Conflict(Problem("flow.exists", (data.name,), {"name": data.name}))
    text = _empty(data).encode()
    try:
        tag = await orderloom.store.save_draft(data.name, text, expected=None, actor=actor)
    except Conflict:  # somebody was quicker
        raise Conflict(Problem("flow.exists", (data.name,), {"name": data.name})) from None
    return await kept(orderloom, data.name, text, tag, language, HTTP_201_CREATED)


@get("/flows/{name:str}", opt={"permission": "flow.read"})
async def show_flow(name: FromPath[str], orderloom: Loom, language: Language) -> FlowWhole:
    """A flow with its document."""
    record = await orderloom.store.flow(name)
    shown = await _shown(orderloom, record)
    document = await _document(orderloom, record)
    problems = (await examined(record.draft, orderloom, name)).problems if record.draft else ()
    return FlowWhole(
        shown.name, shown.title, shown.published, shown.draft, shown.running, shown.updated_at, _json(document),
        in_places(problems, read_json(record.draft) if problems and record.draft else None, language),
    )  # fmt: skip


@get("/flows/{name:str}/versions", opt={"permission": "flow.read"})
async def list_versions(name: FromPath[str], orderloom: Loom) -> Listed[VersionShown]:
    """All published versions, newest first."""
    await orderloom.store.flow(name)
    return Listed([version_shown(version) for version in await orderloom.store.versions(name)])


@get("/flows/{name:str}/versions/{version:int}", opt={"permission": "flow.read"})
async def show_version(name: FromPath[str], version: FromPath[int], orderloom: Loom) -> VersionWhole:
    """A published version with its document."""
    found = await orderloom.store.version(name, version)
    return VersionWhole(found.flow, found.version, found.digest, found.note, found.actor, utc(found.at), _json(found.document))


async def _exists(orderloom: Orderloom, name: str) -> bool:
    try:
        await orderloom.store.flow(name)
    except NotFound:
        return False
    return True


def _empty(data: NewFlow) -> str:
    title = {language: title for language, title in data.title.items() if title.strip()}
    empty = {"$schema": SCHEMA, "format": FORMAT, "name": data.name, "title": title, "nodes": {}, "wires": [], "layout": {}, "tests": []}
    return write_flow(Flow.model_validate(empty))


async def _shown(orderloom: Orderloom, record: FlowRecord) -> FlowShown:
    plan = await orderloom.flows.newest(record.name)
    title = plan.flow.title if plan is not None else await _title(orderloom, record)
    running = plan is not None
    return FlowShown(record.name, title, record.published, record.draft_etag, running, utc(record.updated_at))


async def _title(orderloom: Orderloom, record: FlowRecord) -> Mapping[str, str]:
    flow = inspect(await _document(orderloom, record), record.name).flow
    return flow.title if flow else {}


async def _document(orderloom: Orderloom, record: FlowRecord) -> bytes:
    if record.published is not None:
        return (await orderloom.store.version(record.name, record.published)).document
    return record.draft or b"null"


def _json(document: bytes) -> Any:
    return raw(read_json(document))


routes = [list_flows, create_flow, show_flow, list_versions, show_version]
