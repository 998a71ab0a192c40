"""The draft of a flow, guarded by its ETag against overwriting what somebody else wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from litestar import Response, get, post, put
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter, RawBody
from litestar.status_codes import HTTP_200_OK

from designer.api.documents import ProblemPlaced, canonical, examined, read_object, require_name, shown
from designer.api.given import Actor, Language, Loom, TakesJson
from designer.api.shapes import raw
from designer.problems import Refused
from engine.app import Orderloom
from engine.errors import InputInvalid, NotFound, Problem
from engine.flow.reader import MAX_BYTES
from engine.json_text import read_json

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The ETag that the editor saw; `*` for whatever there is.")]
IfNoneMatch = Annotated[str | None, HeaderParameter(name="If-None-Match", description="`*`: only where there is no draft yet.")]
Form = Annotated[
    Literal["canonical"] | None, QueryParameter(description="`canonical`: keep the canonical text, where the document can be read.")
]


@dataclass(frozen=True, slots=True)
class DraftKept:
    """The draft is kept as it is; ``problems`` must be gone before it can be published."""

    name: str
    etag: str
    problems: Sequence[ProblemPlaced]


@dataclass(frozen=True, slots=True)
class Restoration:
    """The published version that the draft shall become."""

    version: int


@get("/flows/{name:str}/draft", opt={"permission": "flow.read"})
async def show_draft(name: FromPath[str], orderloom: Loom, exact: FromQuery[bool] = False) -> Response[Any]:
    """The document, with its ETag; with `exact=true` its text byte for byte."""
    record = await orderloom.store.flow(name)
    if record.draft is None or record.draft_etag is None:
        raise NotFound(Problem("flow.no_draft", (name,)))
    headers = {"ETag": f'"{record.draft_etag}"', "Cache-Control": "no-store"}
    return Response(record.draft if exact else raw(read_json(record.draft)), headers=headers, media_type="application/json")


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
    form: Form = None,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[DraftKept]:
    """Keep the draft, faulty or not; the answer lists its problems. 412 where somebody else changed it in between."""
    require_name(name)
    read_object(body)
    text = canonical(body) if form == "canonical" else body
    tag = await orderloom.store.save_draft(name, text, expected=await _expected(orderloom, name, if_match, if_none_match), actor=actor)
    return await kept(orderloom, name, text, tag, language)


@post("/flows/{name:str}/draft/restoration", opt={"permission": "flow.write"}, status_code=HTTP_200_OK)
async def restore_draft(
    name: FromPath[str],
    data: JSONBody[Restoration],
    orderloom: Loom,
    language: Language,
    actor: Actor,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[DraftKept]:
    """Make a published version the draft again. Conditions and answer as when a draft is kept."""
    document = (await orderloom.store.version(name, data.version)).document
    expected = await _expected(orderloom, name, if_match, if_none_match)
    tag = await orderloom.store.save_draft(name, document, expected=expected, actor=actor)
    await orderloom.store.audit(actor, "flow.restore_draft", name, {"version": data.version, "etag": tag})
    return await kept(orderloom, name, document, tag, language)


async def kept(orderloom: Orderloom, name: str, text: bytes, tag: str, language: str, status: int = HTTP_200_OK) -> Response[DraftKept]:
    """The answer to whoever changed a draft."""
    problems = (await examined(text, orderloom, name)).problems
    answer = DraftKept(name, tag, shown(problems, read_json(text), language))
    return Response(answer, headers={"ETag": f'"{tag}"'}, status_code=status)


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


routes = [show_draft, save_draft, restore_draft]
