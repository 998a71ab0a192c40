"""The register of outside systems: what each offers, who owns it, what a probe found, and the way in that it recommends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from designer.pages.environment import said
from designer.pages.frame import PageRequest, loom, page, reader_for
from engine.app import now
from engine.connection.types import connection_types
from engine.errors import Conflict, InputInvalid, Problem
from engine.path.assess import ABILITIES, assess, kept_assessments
from engine.path.systems import OFFERS, System, Systems

READ: Final = {"permission": "connection.read"}
WRITE: Final = {"permission": "path.write"}
PATH: Final = "/systems"
FIELDS: Final = ("title", "owner", "per_minute", "limits", "note")


@get(PATH, opt=READ)
async def list_systems(request: PageRequest) -> Response[str]:
    engine = loom(request)
    found = await _systems(request).all()
    kept = await kept_assessments(engine.store, [one.name for one in found])
    return page(request, "systems/list.html", systems=found, assessments=kept, titles=_titles(request, found))


@get("/systems/new", opt=WRITE)
async def new_system(request: PageRequest) -> Response[str]:
    return _form(request, "", {"title": "", "owner": "", "per_minute": "", "limits": "", "note": ""}, (), (), 0)


@get("/systems/{name:str}", opt=READ)
async def show_system(request: PageRequest, name: FromPath[str]) -> Response[str]:
    return await _one(request, name)


@get("/systems/{name:str}/entry", opt=WRITE)
async def edit_system(request: PageRequest, name: FromPath[str]) -> Response[str]:
    """The form; where nobody wrote an entry it begins with what the connection says."""
    found = await _systems(request).one(name)
    entry = found.entry
    typed = {field: "" if getattr(entry, field) is None else str(getattr(entry, field)) for field in FIELDS}
    return _form(request, name, typed, entry.connections, entry.offers, found.version)


@post("/systems", opt=WRITE, status_code=200)
async def save_system(request: PageRequest) -> Response[Any]:
    """422 with all problems, 409 where somebody was quicker: the form again, as it was typed."""
    form = await request.form()
    name = str(form.get("_name", "")).strip()
    version = int(str(form["_version"])) if str(form.get("_version", "")).isdecimal() and len(str(form["_version"])) < 10 else 0
    typed = {field: str(form.get(field, "")).strip() for field in FIELDS}
    connections = tuple(key.removeprefix("connection.") for key in form if key.startswith("connection."))
    offers = tuple(offer for offer in OFFERS if f"offer.{offer}" in form)
    number = typed["per_minute"]
    document = {
        **typed, "connections": connections, "offers": offers,
        "per_minute": None if not number else int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else number,
    }  # fmt: skip
    try:
        systems = _systems(request)
        await systems.save(name, systems.checked(name, document), expected=version, actor=request.state.actor)
    except (InputInvalid, Conflict) as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _form(request, name, typed, connections, offers, version, list(error.problems), status=status)
    return cast("Response[Any]", Redirect(path=f"{PATH}/{name}", status_code=303))


@post("/systems/{name:str}/assessments", opt={"permission": "connection.write"}, status_code=200)
async def assess_system(request: PageRequest, name: FromPath[str]) -> Response[Any]:
    """Tries what its connections can do, bounded and guarded; nothing is written on the other side. 409 while it is under way."""
    engine, systems = loom(request), _systems(request)
    system = await systems.one(name)
    try:
        await assess(system, systems, engine.prober, engine.store, now(), request.state.actor)
    except Conflict as error:
        return await _one(request, name, list(error.problems), status=409)
    return cast("Response[Any]", Redirect(path=f"{PATH}/{name}", status_code=303))


@post("/systems/{name:str}/deletion", opt=WRITE, status_code=303)
async def delete_system(request: PageRequest, name: FromPath[str]) -> Redirect:
    """Forgets what people wrote; the connections stay."""
    await _systems(request).remove(name, actor=request.state.actor)
    return Redirect(path=PATH, status_code=303)


def title_of(system: System, language: str) -> str:
    """As people wrote it; of a system that is there for its connection, and is named like its kind, what that kind is called."""
    kind = connection_types().get(system.types.get(system.name, ""))
    return (
        said(language, kind.type_title)
        if system.version == 0 and kind is not None and kind.type_name == system.name
        else system.entry.title
    )


def _systems(request: PageRequest) -> Systems:
    engine = loom(request)
    return Systems(engine.store, engine.book)


def _titles(request: PageRequest, systems: Sequence[System]) -> dict[str, str]:
    language = reader_for(request).language
    return {one.name: title_of(one, language) for one in systems}


async def _one(request: PageRequest, name: str, problems: list[Problem] | None = None, *, status: int = 200) -> Response[str]:
    found: System = await _systems(request).one(name)
    kept = await kept_assessments(loom(request).store, [name])
    return page(
        request, "systems/one.html", status=status,
        title=title_of(found, reader_for(request).language),
        system=found, assessment=kept.get(name), abilities=ABILITIES, problems=problems or (),
        fault_of={code: Problem(code) for one in kept.values() for steps in one.steps.values() for _, _, code in steps if code},
    )  # fmt: skip


def _form(
    request: PageRequest, name: str, typed: dict[str, str], connections: tuple[str, ...], offers: tuple[str, ...], version: int,
    problems: list[Problem] | None = None, *, status: int = 200,
) -> Response[str]:  # fmt: skip
    return page(
        request, "systems/edit.html", status=status,
        name=name, typed=typed, chosen=set(connections), offers=set(offers), version=version, problems=problems or [],
        known=loom(request).book.names(), all_offers=OFFERS, fresh=version == 0 and not name,
    )  # fmt: skip


routes = (list_systems, new_system, show_system, edit_system, save_system, assess_system, delete_system)
