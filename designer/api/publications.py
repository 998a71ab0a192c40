"""Publishing the draft of a flow."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import post
from litestar.params import FromPath, JSONBody

from designer.api.drafts import IfMatch, name_problems, require_match
from designer.api.given import Actor, Loom
from engine.errors import FlowInvalid, Problem
from engine.flow.check import check_text
from engine.json_text import read_json


@dataclass(frozen=True, slots=True)
class Publication:
    """``note`` says what changed, for the history."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    version: int


@post("/flows/{name:str}/publication", opt={"permission": "flow.publish"})
async def publish(
    name: FromPath[str],
    orderloom: Loom,
    actor: Actor,
    data: JSONBody[Publication | None] = None,
    if_match: IfMatch = None,
) -> Published:
    """Publish the draft: orders run through it at once. 422 with all problems where it has any."""
    record = await orderloom.store.flow(name)
    if record.draft is None:
        raise FlowInvalid(Problem("flow.no_draft", (name,)))
    await require_match(orderloom, name, if_match)
    misnamed = name_problems(read_json(record.draft), name)
    if misnamed:
        raise FlowInvalid([*misnamed, *check_text(record.draft, orderloom.registry, orderloom.book.types(), name)])
    _, version = await orderloom.publish(record.draft, note=data.note if data else "", actor=actor)
    return Published(version)


routes = [publish]
