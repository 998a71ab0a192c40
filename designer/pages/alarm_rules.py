"""Rules of alarms: see them, write one, change it, delete it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from designer.pages.forms import Filled, FormField, beside, fields_of, filled, read_form
from designer.pages.frame import PageRequest, loom, page, reader_for
from engine.app import Orderloom
from engine.connection.types import connection_types
from engine.errors import InputInvalid, NotFound, Problem
from engine.watch.naming import rule_title
from engine.watch.rule import Rule
from engine.watch.rule_documents import parse_rule
from engine.watch.rules import DEFAULTS, KINDS

READ: Final = {"permission": "alarm.read"}
WRITE: Final = {"permission": "alarm.write"}
CHOSEN: Final = ("tell", "escalate_to")
"""Fields of connections, each with a box to tick."""


@dataclass(frozen=True, slots=True)
class KindShown:
    """Texts in English, keys of the catalogue."""

    name: str
    title: str
    icon: str
    help: str


@get("/alarms/rules", opt=READ)
async def list_rules(request: PageRequest, gone: FromQuery[str] = "", saved: FromQuery[str] = "") -> Response[str]:
    """``gone``, ``saved``: one that was just deleted or kept."""
    book = loom(request).watch.rules
    kinds = {kind: kind_shown(kind) for kind in KINDS}
    titles = rule_titles(loom(request), reader_for(request).language)
    return page(request, "alarms/rules.html", rules=book.rules(), kinds=kinds, titles=titles, gone=gone, saved=saved)


@get("/alarms/rules/new", opt=WRITE)
async def ask_for_rule(request: PageRequest, kind: FromQuery[str] = "") -> Response[str]:
    """The kinds to choose from, or the form of one."""
    if not kind:
        return page(request, "alarms/kinds.html", kinds=[kind_shown(name) for name in KINDS])
    return _form(request, kind_shown(kind), "", {"kind": kind}, is_new=True)


@post("/alarms/rules/new", opt=WRITE, status_code=200)
async def make_rule(request: PageRequest) -> Response[Any]:
    """422 shows the form again with every problem beside its field."""
    form = await _submitted(request)
    kind, name = kind_shown(form.get("_kind", "")), form.get("_name", "").strip()
    problems = [Problem("alarm_rule.exists", (name, "_name"), {"name": name})] if name in loom(request).watch.rules.rules() else []
    return await _keep(request, kind, name, form, problems, is_new=True)


@get("/alarms/rules/{name:str}", opt=READ)
async def show_rule(request: PageRequest, name: FromPath[str]) -> Response[str]:
    rule = loom(request).watch.rules.rule(name)
    return _form(request, kind_shown(rule.kind), name, rule.model_dump(mode="json", exclude_none=True), is_new=False)


@post("/alarms/rules/{name:str}", opt=WRITE, status_code=200)
async def change_rule(request: PageRequest, name: FromPath[str]) -> Response[Any]:
    """422 as above."""
    rule = loom(request).watch.rules.rule(name)
    return await _keep(request, kind_shown(rule.kind), name, await _submitted(request), [], is_new=False)


@post("/alarms/rules/{name:str}/deletion", opt=WRITE, status_code=303)
async def delete_rule(request: PageRequest, name: FromPath[str]) -> Redirect:
    """Ends the alarms of the rule. One of the beginning is then as it was."""
    await loom(request).watch.rules.remove(name, actor=request.state.actor)
    return Redirect(path=f"/alarms/rules?gone={name}", status_code=303)


def rule_titles(engine: Orderloom, language: str) -> dict[str, str]:
    """All rules by name, as messages call them."""
    return {name: rule_title(name, rule, language) for name, rule in engine.watch.rules.rules().items()}


def kind_shown(name: str) -> KindShown:
    """Raises ``NotFound`` (``alarm_rule.unknown_kind``)."""
    model = KINDS.get(name)
    if model is None:
        raise NotFound(Problem("alarm_rule.unknown_kind", fields={"known": ", ".join(KINDS)}))
    return KindShown(name, model.title, model.icon, " ".join((model.__doc__ or "").split()))


def form_fields(model: type[Rule]) -> list[FormField]:
    """What is measured first, then what all rules have; connections have boxes of their own."""
    fields = [one for one in fields_of(model.model_json_schema()) if one.name not in CHOSEN]
    return [*(one for one in fields if one.name not in Rule.model_fields), *(one for one in fields if one.name in Rule.model_fields)]


async def _keep(
    request: PageRequest, kind: KindShown, name: str, form: Mapping[str, str], problems: list[Problem], *, is_new: bool
) -> Response[Any]:
    document = {"kind": kind.name, **read_form(form_fields(KINDS[kind.name]), form), **_ticked(form)}
    try:
        parse_rule(name, document)
    except InputInvalid as error:
        problems += [_placed(one) for one in error.problems]
    if problems:
        return _form(request, kind, name, document, is_new=is_new, problems=problems, status=422)
    await loom(request).watch.rules.put(name, document, actor=request.state.actor)
    path = f"/alarms/rules?saved={name}"
    if "hx-request" in request.headers:
        return Response("", headers={"HX-Redirect": path})
    return Response("", status_code=303, headers={"Location": path})


def _form(
    request: PageRequest, kind: KindShown, name: str, document: Mapping[str, Any], *, is_new: bool, problems: Sequence[Problem] = (),
    status: int = 200,
) -> Response[str]:  # fmt: skip
    engine, fields = loom(request), form_fields(KINDS[kind.name])
    names = ["_name", *CHOSEN, *(one.name for one in fields)]
    by_field, rest = beside(problems, names, reader_for(request).language)
    form: Filled = filled(fields, document, by_field, frozenset())
    ticked = {field: tuple(document.get(field, ())) for field in CHOSEN}
    kept = not is_new and engine.watch.rules.is_kept(name)
    title = rule_titles(engine, reader_for(request).language).get(name, "")
    return page(
        request, "alarms/rule.html", status=status, kind=kind, name=name, title=title, form=form, problems=rest,
        is_new=is_new, ticked=ticked,
        receivers=receivers(engine, [one for names in ticked.values() for one in names]), kept=kept, default=name in DEFAULTS,
        common=[one.name for one in fields if one.name in Rule.model_fields],
    )  # fmt: skip


def receivers(engine: Orderloom, named: Sequence[str]) -> list[tuple[str, str]]:
    """Connections that take messages, and those that are named though they are gone, with the titles of their types."""
    types, found = connection_types(), dict[str, str]()
    for name, kind in engine.book.types().items():
        if kind in types and types[kind].type_family == "message":
            found[name] = types[kind].type_title
    return sorted({**dict.fromkeys(named, ""), **found}.items())


def _ticked(form: Mapping[str, str]) -> dict[str, list[str]]:
    return {field: sorted(key.partition(".")[2] for key in form if key.startswith(f"{field}.")) for field in CHOSEN}


def _placed(one: Problem) -> Problem:
    """A problem of the name stands beside it."""
    return Problem(one.code, ("", "_name"), one.fields) if one.code == "alarm_rule.bad_name" else one


async def _submitted(request: PageRequest) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


routes = (list_rules, ask_for_rule, make_rule, show_rule, change_rule, delete_rule)
