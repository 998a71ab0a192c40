"""What a person typed about a connection, checked; and the kinds of connections to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from designer.pages.forms import Filled, FormField, beside, fields_of, filled, read_form
from engine.connection.book import ConnectionBook, check_name
from engine.connection.kept import with_kept
from engine.connection.types import Connection, connection_types, json_schema, parse_connection, secret_fields
from engine.errors import InputInvalid, NotFound, Problem

FAMILIES: Final[Mapping[str, str]] = {
    "channel": "Sales channels", "system": "Systems that we call", "message": "Messages to people",
}  # fmt: skip
NAME: Final = "_name"
"""The field of the name; what belongs to the page begins with an underscore, which no field of a connection does."""


@dataclass(frozen=True, slots=True)
class KindShown:
    """A type of connection, to choose from; texts in English, keys of the catalogue."""

    name: str
    title: str
    icon: str
    family: str
    help: str


@dataclass(frozen=True, slots=True)
class Submission:
    """``connection`` is ``None`` where a problem is found; ``problems`` are all of them; ``document`` holds what was typed, secrets too."""

    name: str
    document: Mapping[str, Any]
    connection: Connection | None
    problems: Sequence[Problem]


def kinds() -> dict[str, list[KindShown]]:
    """All types by family; one of an unknown family is a system."""
    found: dict[str, list[KindShown]] = {family: [] for family in FAMILIES}
    for name in connection_types():
        shown = kind_shown(name)
        found[shown.family if shown.family in found else "system"].append(shown)
    return {family: members for family, members in found.items() if members}


def kind_shown(name: str) -> KindShown:
    """Raises ``NotFound`` with ``connection.unknown_type``."""
    model = connection_types().get(name)
    if model is None:
        known = sorted(connection_types())
        raise NotFound(Problem("connection.unknown_type", fields={"type": name if name.isidentifier() else "", "known": known}))
    return KindShown(name, model.type_title, model.type_icon, model.type_family, _help(name))


def form_fields(kind: str) -> list[FormField]:
    return fields_of(json_schema(kind))


def submitted(kind: str, name: str, form: Mapping[str, str], held: Connection | None) -> Submission:
    """``held``: the connection that is changed, whose secrets stay where nothing was typed; ``None`` for a new one."""
    fields = form_fields(kind)
    typed: dict[str, Any] = {"type": kind, **read_form(fields, form)}
    dropped = {one.name for one in fields if form.get(f"{one.name}.drop") == "on"}
    document, problems = with_kept(name, typed, held, dropped) if held is not None else (_with_empty(typed), list[Problem]())
    connection = None
    try:
        connection = parse_connection(name, document)
    except InputInvalid as error:
        problems += error.problems
    return Submission(name, typed, None if problems else connection, problems)


def name_problems(book: ConnectionBook, name: str) -> list[Problem]:
    """What speaks against a name for a new connection."""
    try:
        check_name(name)
    except InputInvalid as error:
        return [Problem(one.code, (name, NAME), one.fields) for one in error.problems]
    return [Problem("connection.exists", (name, NAME), {"name": name})] if name in book.names() else []


def free_name(book: ConnectionBook, kind: str) -> str:
    """A name to begin with: that of the type, numbered where it is taken."""
    taken = set(book.names())
    return next(name for name in (kind, *(f"{kind}_{number}" for number in range(2, len(taken) + 3))) if name not in taken)


def shown_form(
    kind: str, document: Mapping[str, Any], held: Connection | None, problems: Sequence[Problem], language: str
) -> tuple[Filled, list[Problem]]:
    """The form with a document in it, and the problems that belong to no field."""
    fields = form_fields(kind)
    by_field, rest = beside(problems, [NAME, *(one.name for one in fields)], language)
    return filled(fields, document, by_field, _held(held)), rest


def plain_document(connection: Connection) -> dict[str, Any]:
    """What a form shows of a kept connection: no secret; of an object of secrets the names."""
    return {name: value for name, value in connection.public_view().items() if not _is_secret(value)}


def _held(held: Connection | None) -> frozenset[str]:
    return frozenset(secret_fields(type(held)) & held.fields().keys()) if held is not None else frozenset()


def _with_empty(document: dict[str, Any]) -> dict[str, Any]:
    """An entry without its secret is empty, not left out: then it is named as a problem."""
    return {
        name: {key: inner or "" for key, inner in cast("dict[str, Any]", value).items()} if isinstance(value, dict) else value
        for name, value in document.items()
    }


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(cast("dict[str, Any]", value).get("set"), bool)


def _help(name: str) -> str:
    return " ".join(str(json_schema(name).get("description", "")).split())
