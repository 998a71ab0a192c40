"""Making a flow: an empty one, a copy of another, or one from a file; and taking a flow away as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from litestar import MediaType, Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect

from designer.api.documents import canonical, read_object
from designer.pages.flow_cards import published_document
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.words import SENTENCES
from designer.problems import status_of
from engine.app import Orderloom
from engine.catalogue import text
from engine.errors import Conflict, FlowInvalid, InputInvalid, NotFound, OrderloomError, Problem
from engine.flow.beginning import copy_of, empty_flow, require_name, suggested_name
from engine.flow.document import Flow
from engine.flow.reader import MAX_BYTES, inspect
from engine.flow.writer import write_flow
from engine.json_text import indented_json


@dataclass(frozen=True, slots=True)
class NewFlow:
    """A form. An empty ``name`` is made of the title; ``copied``: the flow to begin with."""

    title: str = ""
    name: str = ""
    copied: str = ""


@dataclass(frozen=True, slots=True)
class FlowFile:
    file: UploadFile | None = field(default=None)


@get("/flows/new-flow", opt={"permission": "flow.write"})
async def ask_for_flow(request: PageRequest, copied: FromQuery[str] = "") -> Response[str]:
    """``copied``: the flow of which a copy is made."""
    title = ""
    if copied:
        flow = (await _source(loom(request), copied))[1]
        language = reader_for(request).language
        title = text(SENTENCES["copy"], language, title=flow.title.get(language) or flow.title.get("en") or flow.name)
    return _form(request, NewFlow(title, "", copied))


@post("/flows", opt={"permission": "flow.write"}, status_code=303)
async def make_flow(
    request: PageRequest, data: Annotated[NewFlow, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[str] | Redirect:
    """An empty draft or a copy; then the canvas opens. 422 and 409 show the form again, with what is wrong."""
    engine, title = loom(request), data.title.strip()[:200]
    name = data.name.strip() or suggested_name(title, await engine.store.flow_names())
    titles = {reader_for(request).language: title} if title else {}
    try:
        document = await _copied(engine, data.copied, name, titles) if data.copied else write_flow(empty_flow(name, titles)).encode()
        await _keep(engine, name, document, request.state.actor)
    except (FlowInvalid, InputInvalid, Conflict) as error:
        return _form(request, data, error)
    return Redirect(path=f"/flows/{name}/canvas", status_code=303)


@post("/flows/import-file", opt={"permission": "flow.write"}, status_code=303)
async def import_flow(
    request: PageRequest, data: Annotated[FlowFile, Body(media_type=RequestEncodingType.MULTI_PART)]
) -> Response[str] | Redirect:
    """A document becomes a draft under its own name, faulty or not, as long as it can be read at all."""
    try:
        document = await data.file.read() if data.file else b""
        name = _name_of(document)
        await _keep(loom(request), name, document, request.state.actor)
    except (FlowInvalid, InputInvalid, Conflict) as error:
        return _form(request, NewFlow(), error, of_file=True)
    return Redirect(path=f"/flows/{name}/canvas", status_code=303)


@get("/flows/{name:str}/file", opt={"permission": "flow.read"})
async def download_flow(request: PageRequest, name: FromPath[str], version: FromQuery[int | None] = None) -> Response[bytes]:
    """The document as a file: the version that is named, else the draft, else what is published."""
    engine = loom(request)
    record = await engine.store.flow(name)
    if version is not None:
        document = (await engine.store.version(name, version)).document
    else:
        document = record.draft or await published_document(engine, record) or b""
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"', "Cache-Control": "no-store"}
    return Response(document, media_type=MediaType.JSON, headers=headers)


def _form(request: PageRequest, given: NewFlow, error: OrderloomError | None = None, *, of_file: bool = False) -> Response[str]:
    status = status_of(error) if error else 200
    problems = error.problems if error else ()
    suggested = suggested_name(given.title, ())
    return page(
        request, "flows/new.html", status=status,
        form=given, suggested=suggested, problems=problems, of_file=of_file, most=MAX_BYTES // 1024,
    )  # fmt: skip


async def _copied(engine: Orderloom, source: str, name: str, titles: Mapping[str, str]) -> bytes:
    """What cannot be understood is copied as it stands: it is for the author to mend, not for us to drop."""
    document = read_object((await _source(engine, source))[0])
    return canonical(indented_json(copy_of(document, name, titles)))


async def _source(engine: Orderloom, name: str) -> tuple[bytes, Flow]:
    """The text of a flow, and what can be read of it. Raises ``FlowInvalid`` where that is nothing."""
    record = await engine.store.flow(name)
    text = record.draft or await published_document(engine, record) or b""
    reading = inspect(text, name)
    if reading.flow is None:
        raise FlowInvalid(reading.problems)
    return text, reading.flow


def _name_of(document: bytes) -> str:
    reading = inspect(document[: MAX_BYTES + 1])
    if reading.flow is None or any(problem.where[1:] == ("name",) for problem in reading.problems):
        raise FlowInvalid(reading.problems)
    require_name(reading.flow.name)
    return reading.flow.name


async def _keep(engine: Orderloom, name: str, document: bytes, actor: str) -> None:
    """As the first draft of a new flow. Raises ``Conflict`` (``flow.exists``)."""
    try:
        await engine.store.flow(name)
    except NotFound:
        await engine.store.save_draft(name, document, expected=None, actor=actor)
    else:
        raise Conflict(Problem("flow.exists", (name,), {"name": name}))
