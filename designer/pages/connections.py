"""Connections: see them, set one up, test it, change it, delete it. Secrets go in and never come out."""

from __future__ import annotations

from typing import Any, Final, cast

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from designer.api.probe_shapes import ProbeShown, probe
from designer.pages.connection_forms import (
    FAMILIES,
    Submission,
    form_fields,
    free_name,
    kind_shown,
    kinds,
    name_problems,
    plain_document,
    shown_form,
    submitted,
)
from designer.pages.connection_views import entry, page_of
from designer.pages.flow_titles import flow_titles, node_titles
from designer.pages.frame import PageRequest, loom, page, reader_for
from designer.pages.preferences import local
from designer.problems import status_of
from engine.connection.types import Connection
from engine.connection.uses import delete, uses
from engine.errors import Conflict, OrderloomError, Problem

READ: Final = {"permission": "connection.read"}
WRITE: Final = {"permission": "connection.write"}


@get("/connections", opt=READ)
async def list_connections(request: PageRequest, gone: FromQuery[str] = "") -> Response[str]:
    """``gone``: one that was just deleted."""
    engine = loom(request)
    used = await uses(engine.store, engine.registry)
    shown = [entry(public, used.get(public["name"], ())) for public in engine.book.public()]
    titles = await flow_titles(engine, [flow for one in shown for flow in one.flows], reader_for(request).language)
    return page(request, "connections/list.html", connections=shown, gone=gone, gates=engine.gates.states(), titles=titles)


@get("/connections/new", opt=WRITE)
async def ask_for_connection(
    request: PageRequest, kind: FromQuery[str] = "", name: FromQuery[str] = "", back: FromQuery[str] = ""
) -> Response[str]:
    """The kinds to choose from, or the form of one. ``back``: the page on which somebody missed this connection."""
    if not kind:
        return page(request, "connections/kinds.html", kinds=kinds(), families=FAMILIES, name=name, back=_back(back))
    kind_shown(kind)
    given = Submission(name or free_name(loom(request).book, kind), {"type": kind}, None, ())
    return _new(request, kind, given, back)


@post("/connections/new", opt=WRITE, status_code=200)
async def make_connection(request: PageRequest) -> Response[Any]:
    """Keeps a new connection, or tests what was typed. 422 shows the form again with every problem beside its field."""
    form = await _form(request)
    kind, name, back = kind_shown(form.get("_kind", "")).name, form.get("_name", "").strip(), form.get("_back", "")
    given = submitted(kind, name, form, None)
    if form.get("_action") == "test":
        return await _tested(request, kind, given, None, back, form)
    problems = [*name_problems(loom(request).book, name), *given.problems]
    if problems or given.connection is None:
        return _new(request, kind, Submission(name, given.document, None, problems), back, status=422)
    await loom(request).book.put(name, given.connection.fields(), actor=request.state.actor)
    return _go(request, _back(back) or f"/connections/{name}?saved=1")


@get("/connections/{name:str}", opt=READ)
async def show_connection(
    request: PageRequest, name: FromPath[str], saved: FromQuery[str] = "", back: FromQuery[str] = ""
) -> Response[str]:
    return await _one(request, name, saved=bool(saved), back=back)


@post("/connections/{name:str}", opt=WRITE, status_code=200)
async def change_connection(request: PageRequest, name: FromPath[str]) -> Response[Any]:
    """Keeps a change, or tests what was typed. Secrets that were left empty stay as they are."""
    form = await _form(request)
    held = loom(request).book.get(name)
    given = submitted(held.type_name, name, form, held)
    if form.get("_action") == "test":
        return await _tested(request, held.type_name, given, held, form.get("_back", ""), form)
    if given.connection is None:
        return await _one(request, name, given=given, back=form.get("_back", ""), status=422)
    await loom(request).book.put(name, given.connection.fields(), actor=request.state.actor)
    return _go(request, _back(form.get("_back", "")) or f"/connections/{name}?saved=1")


@post("/connections/{name:str}/probe", opt=WRITE, status_code=200)
async def probe_connection(request: PageRequest, name: FromPath[str]) -> Response[str]:
    """Tests it as it is kept."""
    form = await _form(request)
    report, fault = await _probe(request, name, loom(request).book.get(name), form, kept=True)
    return await _one(request, name, report=report, fault=fault, status=409 if fault else 200)


@post("/connections/{name:str}/deletion", opt=WRITE, status_code=303)
async def delete_connection(request: PageRequest, name: FromPath[str]) -> Response[Any]:
    """409 shows the page with the published flows that still use it."""
    engine = loom(request)
    try:
        await delete(engine.book, engine.store, engine.registry, name, actor=request.state.actor)
    except Conflict as error:
        return await _one(request, name, refused=error, status=status_of(error))
    return Redirect(path=f"/connections?gone={name}", status_code=303)


async def _tested(
    request: PageRequest, kind: str, given: Submission, held: Connection | None, back: str, form: dict[str, str]
) -> Response[str]:
    """The form as it was typed, with what the test found; nothing is kept."""
    report, fault = None, None
    if given.connection is not None:
        report, fault = await _probe(request, given.name or kind, given.connection, form, kept=False)
    status = 422 if given.connection is None else 409 if fault else 200
    typed = any(form.get(one.name) for one in form_fields(kind) if one.secret)
    retype = typed and "hx-request" not in request.headers
    if held is None:
        return _new(request, kind, given, back, status=status, report=report, fault=fault, retype=retype)
    return await _one(request, given.name, given=given, back=back, status=status, report=report, fault=fault, retype=retype)


async def _probe(
    request: PageRequest, name: str, connection: Connection, form: dict[str, str], *, kept: bool
) -> tuple[ProbeShown | None, Problem | None]:
    language, send = reader_for(request).language, form.get("_send_message") == "on"
    try:
        return await probe(loom(request), name, connection, language, request.state.actor, send_message=send, kept=kept), None
    except Conflict as error:
        return None, error.problems[0]


def _new(request: PageRequest, kind: str, given: Submission, back: str, *, status: int = 200, **more: Any) -> Response[str]:
    form, problems = shown_form(kind, given.document, None, given.problems, reader_for(request).language)
    values = {"report": None, "fault": None, "retype": False, **more}
    return page(
        request, "connections/new.html", status=status,
        kind=kind_shown(kind), name=given.name, form=form, problems=problems, back=_back(back), **values,
    )  # fmt: skip


async def _one(
    request: PageRequest, name: str, *, given: Submission | None = None, refused: OrderloomError | None = None,
    back: str = "", status: int = 200, **more: Any,
) -> Response[str]:  # fmt: skip
    values = {"report": None, "fault": None, "retype": False, "saved": False, **more}
    engine = loom(request)
    source = engine.book.source(name)
    shown = await page_of(engine, name, source)
    language = reader_for(request).language
    sources = [state for state in engine.sources.states() if name in state.connections]
    places = [*((one.flow, one.trigger) for one in sources), *((one.flow, one.slug) for one in shown.uses)]
    form, problems = None, list[Problem]()
    if shown.connection is not None:
        document = given.document if given else plain_document(shown.connection)
        found = given.problems if given else ()
        form, problems = shown_form(shown.connection.type_name, document, shown.connection, found, language)
    return page(
        request, "connections/one.html", status=status, gate=engine.gates.states().get(name),
        shown=shown, form=form, problems=problems, refused=refused.problems if refused else (), back=_back(back),
        sources=sources, titles=await flow_titles(engine, [flow for flow, _ in places], language),
        nodes=await node_titles(engine, places, language),
        origin=str(request.base_url).rstrip("/"), **values,
    )  # fmt: skip


async def _form(request: PageRequest) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def _back(path: str) -> str:
    """A page of ours to go back to, or nothing."""
    return local(path) if path else ""


def _go(request: PageRequest, path: str) -> Response[Any]:
    """On to another page: htmx would swap a redirect's page into the form."""
    if "hx-request" in request.headers:
        return Response("", headers={"HX-Redirect": path})
    return cast("Response[Any]", Redirect(path=path, status_code=303))


routes = (
    list_connections, ask_for_connection, make_connection, show_connection, change_connection, probe_connection, delete_connection,
)  # fmt: skip
