"""Forms made from a JSON Schema: its fields, what was submitted read back as a document, problems beside their fields.

The macros of ``templates/forms.html`` draw them. A secret is never filled in: an empty one means "not typed".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

from designer.pages.schema import resolved
from engine.catalogue import RULE, entries, explain, text
from engine.errors import Problem

Kind = Literal["text", "secret", "number", "choice", "switch", "entries"]
MOST_ENTRIES: Final = 40
FILL_IN: Final = "Please fill this in."
_LOGIN: Final = re.compile(r"^(\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?[/\\]*)[^/?#\\]*@")
_LOGIN_ANYWHERE: Final = re.compile(r"^(\s*(?:[A-Za-z][A-Za-z0-9+.-]*:[/\\]+)?).*@", re.DOTALL)
_PAIR: Final = re.compile(r"[^@]*:[^@]*@")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class FormField:
    """``title`` and ``help`` in English, keys of the catalogue; ``choices``: value and title; ``input_type``: that of the HTML input.

    ``secret``: what is typed is never shown again. ``entries`` are pairs of a name and a text.
    """

    name: str
    title: str
    help: str
    kind: Kind
    required: bool
    secret: bool
    input_type: str = "text"
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it is shown: fields with the texts in them, which secrets are set, what is wrong with which field."""

    fields: Sequence[FormField]
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    names: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    set: frozenset[str] = frozenset()
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])


def fields_of(schema: Mapping[str, Any]) -> list[FormField]:
    """The properties of an object schema in its order; a constant is no field."""
    definitions, required = schema.get("$defs", {}), schema.get("required", ())
    parts = {name: resolved(part, definitions) for name, part in schema.get("properties", {}).items()}
    return [_field(name, part, required=name in required) for name, part in parts.items() if "const" not in part]


def read_form(fields: Iterable[FormField], form: Mapping[str, str]) -> dict[str, Any]:
    """The document that a submitted form stands for. Empty fields are left out; of entries an empty secret is ``None``.

    A number that is none stays a text, for the schema's own check to name it.
    """
    document: dict[str, Any] = {}
    for one in fields:
        if one.kind == "entries":
            document[one.name] = _entries(one, form)
        elif one.kind == "switch":
            document[one.name] = form.get(one.name) == "on"
        elif given := (form.get(one.name, "") if one.secret else form.get(one.name, "").strip()):
            document[one.name] = int(given) if one.kind == "number" and _INTEGER.fullmatch(given) else given
    return document


def filled(fields: Sequence[FormField], document: Mapping[str, Any], faults: Mapping[str, Sequence[str]], held: frozenset[str]) -> Filled:
    """A form that shows a document, without its secrets; ``held``: the secrets that are kept already.

    An address is shown without what somebody wrote in front of an ``@``: it may be a password.
    """
    shown = [one for one in fields if not one.secret and one.kind != "entries"]
    plain = {one.name: _without_login(one, _shown(document.get(one.name, one.default)), faults.get(one.name)) for one in shown}
    names = {one.name: list(cast("Mapping[str, Any]", document.get(one.name) or {})) for one in fields if one.kind == "entries"}
    return Filled(fields, plain, names, held, faults)


def beside(problems: Iterable[Problem], names: Iterable[str], language: str) -> tuple[dict[str, list[str]], list[Problem]]:
    """Sentences by field for problems whose second place names one (or its field ``beside``), and the problems of the whole."""
    known, by_field, rest = set(names), dict[str, list[str]](), list[Problem]()
    for one in problems:
        path = one.where[1] if len(one.where) > 1 else str(one.fields.get("beside", ""))
        name = path.partition(".")[0]
        if name in known:
            by_field.setdefault(name, []).append(_sentence(one, language))
        else:
            rest.append(one)
    return by_field, rest


def _field(name: str, part: Mapping[str, Any], *, required: bool) -> FormField:
    kind, inner = _kind(part), part.get("additionalProperties")
    titles = cast("dict[str, str]", part.get("enumTitles", {}))
    is_url = part.get("format") == "uri"
    return FormField(
        name=name,
        title=str(part.get("title", name)),
        help=str(part.get("description", "")),
        kind=kind,
        required=required,
        secret=part.get("secret") is True or (isinstance(inner, dict) and cast("dict[str, Any]", inner).get("secret") is True),
        input_type="password" if kind == "secret" else "number" if kind == "number" else "url" if is_url else "text",
        default=_shown(part.get("default")),
        choices=tuple((str(value), titles.get(str(value), str(value))) for value in part.get("enum", ())),
        minimum=part.get("minimum"),
        maximum=part.get("maximum"),
    )


def _kind(part: Mapping[str, Any]) -> Kind:
    if part.get("secret") is True:
        return "secret"
    if "enum" in part:
        return "choice"
    by_type: Mapping[str, Kind] = {"integer": "number", "boolean": "switch", "object": "entries"}
    return by_type.get(str(part.get("type")), "text")


def _entries(one: FormField, form: Mapping[str, str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for number in range(MOST_ENTRIES):
        name = form.get(f"{one.name}.{number}.name", "").strip()
        value = form.get(f"{one.name}.{number}.value", "")
        if name or value:
            found[name] = value or (None if one.secret else "")
    return found


def _without_login(one: FormField, written: str, faults: Sequence[str] | None) -> str:
    """Of an address that cannot be read, all up to the last ``@`` is taken away: a password may hold any character."""
    if one.input_type == "url":
        return (_LOGIN_ANYWHERE if faults else _LOGIN).sub(r"\1", written)
    return _LOGIN_ANYWHERE.sub(r"\1", written) if faults and _PAIR.match(written) else written


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return ("on" if value else "") if isinstance(value, bool) else str(value)


def _sentence(problem: Problem, language: str) -> str:
    """Beside its field a problem needs no place and no name: the reason alone, or what it says and what to do."""
    if problem.fields.get("rule") == "missing":
        return text(FILL_IN, language)
    if not problem.code.endswith(".invalid"):
        shown = explain(problem, language)
        return f"{shown['what']} {shown['do']}".strip()
    template = entries(language).get((RULE, str(problem.fields.get("rule", ""))))
    reason = template.format_map(dict(problem.fields)) if template else str(problem.fields.get("reason", ""))
    return f"{reason[:1].upper()}{reason[1:]}{'。' if language == 'zh' else '.'}"
