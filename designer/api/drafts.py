"""The draft of a flow, guarded by its ETag against overwriting what somebody else wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast

from litestar import Response, get, put
from litestar.params import FromPath, HeaderParameter, RawBody
from litestar.status_codes import HTTP_200_OK

from designer.api.given import Actor, Language, Loom, TakesJson
from designer.api.shapes import ProblemShown, raw
from designer.problems import Refused
from engine.app import Orderloom
from engine.catalogue import explain
from engine.errors import InputInvalid, NotFound, Problem
from engine.flow.check import check_text
from engine.flow.document import SLUG_PATTERN
from engine.flow.reader import MAX_BYTES
from engine.json_text import read_json

_SLUG = re.compile(SLUG_PATTERN)
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The ETag that the editor saw; `*` for whatever there is.")]
IfNoneMatch = Annotated[str | None, HeaderParameter(name="If-None-Match", description="`*`: only where there is no draft yet.")]


@dataclass(frozen=True, slots=True)
class DraftKept:
    """The draft is kept as it is; ``problems`` must be gone before it can be published."""

    name: str
    etag: str
    problems: Sequence[ProblemShown]


@get("/flows/{name:str}/draft", opt={"permission": "flow.read"})
async def show_draft(name: FromPath[str], orderloom: Loom) -> Response[Any]:
    """The document, with its ETag."""
    record = await orderloom.store.flow(name)
    if record.draft is None or record.draft_etag is None:
        raise NotFound(Problem("flow.no_draft", (name,)))
    return Response(raw(read_json(record.draft)), headers={"ETag": f'"{record.draft_etag}"', "Cache-Control": "no-store"})


@put(
    "/flows/{name:str}/draft",
    opt={"permission": "flow.write"},
    status_code=HTTP_200_OK,
    request_max_body_size=MAX_BYTES,
    operation_class=TakesJson,
)
async def save_draft(
    name: FromPath[str],
    body: RawBody,
    orderloom: Loom,
    language: Language,
    actor: Actor,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[DraftKept]:
    """Keep the draft, faulty or not; the answer lists its problems. 412 where somebody else changed it in between."""
    _require_name(name)
    document = _require_object(body)
    tag = await orderloom.store.save_draft(name, body, expected=await _expected(orderloom, name, if_match, if_none_match), actor=actor)
    problems = [*name_problems(document, name), *check_text(body, orderloom.registry, orderloom.book.types(), name)]
    kept = DraftKept(name, tag, [ProblemShown(**explain(problem, language)) for problem in problems])
    return Response(kept, headers={"ETag": f'"{tag}"'})


def name_problems(document: dict[str, Any], name: str) -> list[Problem]:
    """A document must carry the name under which it is kept."""
    held = document.get("name")
    return [] if held == name or not isinstance(held, str) else [Problem("flow.other_name", (name, "name"), {"name": name})]


async def require_match(orderloom: Orderloom, name: str, if_match: str | None) -> None:
    """Raises ``Refused`` (412) where the draft is none of those that ``If-Match`` names."""
    if if_match is not None and await _held(orderloom, name) not in _tags(if_match) and if_match.strip() != "*":
        raise Refused(412, Problem("flow.changed", (name,)))


async def _expected(orderloom: Orderloom, name: str, if_match: str | None, if_none_match: str | None) -> str | None:
    """What the store compares with: the held ETag where ``If-Match`` names it, ``None`` for a first draft, ``*`` without a condition."""
    if if_none_match is not None:
        if if_none_match.strip() != "*":
            raise InputInvalid(Problem("request.invalid", ("If-None-Match",)))
        return None
    if if_match is None:
        return "*"
    held = await _held(orderloom, name)
    if if_match.strip() == "*" and held is not None:
        return "*"
    if held is None or held not in _tags(if_match):
        raise Refused(412, Problem("flow.changed", (name,)))
    return held


async def _held(orderloom: Orderloom, name: str) -> str | None:
    try:
        return (await orderloom.store.flow(name)).draft_etag
    except NotFound:
        return None


def _tags(header: str) -> list[str]:
    """Strong comparison (RFC 9110, 13.1.1): weak tags never match."""
    return [tag.strip().strip('"') for tag in header.split(",") if not tag.strip().startswith("W/")]


def _require_name(name: str) -> None:
    if not (_SLUG.fullmatch(name) and len(name) <= 60):
        raise InputInvalid(Problem("flow.bad_name", (name[:60],)))


def _require_object(body: bytes) -> dict[str, Any]:
    document = read_json(body)
    if not isinstance(document, dict):
        raise InputInvalid(Problem("flow.not_an_object"))
    return cast("dict[str, Any]", document)


routes = [show_draft, save_draft]
