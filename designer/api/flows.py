"""Flows and their published versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import get
from litestar.params import FromPath

from designer.api.given import Language, Loom
from designer.api.shapes import Listed, ProblemShown, VersionShown, raw, utc, version_shown
from engine.app import Orderloom
from engine.catalogue import explain
from engine.flow.check import check_text
from engine.flow.reader import inspect
from engine.json_text import read_json
from engine.store.ports import FlowRecord


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
class FlowWhole:
    """``document`` is the published one, else the draft; ``problems`` are those of the draft."""

    name: str
    title: Mapping[str, str]
    published: int | None
    draft: str | None
    running: bool
    updated_at: str
    document: Any
    problems: Sequence[ProblemShown]


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
async def list_flows(orderloom: Loom) -> Listed[FlowShown]:
    """All flows by name."""
    return Listed([await _shown(orderloom, record) for record in await orderloom.store.flows()])


@get("/flows/{name:str}", opt={"permission": "flow.read"})
async def show_flow(name: FromPath[str], orderloom: Loom, language: Language) -> FlowWhole:
    """A flow with its document."""
    record = await orderloom.store.flow(name)
    shown = await _shown(orderloom, record)
    document = await _document(orderloom, record)
    problems = check_text(record.draft, orderloom.registry, orderloom.book.types(), name) if record.draft else []
    return FlowWhole(
        shown.name, shown.title, shown.published, shown.draft, shown.running, shown.updated_at, _json(document),
        [ProblemShown(**explain(problem, language)) for problem in problems],
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


async def _shown(orderloom: Orderloom, record: FlowRecord) -> FlowShown:
    running = orderloom.flows.plan(record.name) is not None
    title = await _title(orderloom, record)
    return FlowShown(record.name, title, record.published, record.draft_etag, running, utc(record.updated_at))


async def _title(orderloom: Orderloom, record: FlowRecord) -> Mapping[str, str]:
    plan = orderloom.flows.plan(record.name)
    if plan is not None:
        return plan.flow.title
    flow = inspect(await _document(orderloom, record), record.name).flow
    return flow.title if flow else {}


async def _document(orderloom: Orderloom, record: FlowRecord) -> bytes:
    if record.published is not None:
        return (await orderloom.store.version(record.name, record.published)).document
    return record.draft or b"null"


def _json(document: bytes) -> Any:
    return raw(read_json(document))


routes = [list_flows, show_flow, list_versions, show_version]
