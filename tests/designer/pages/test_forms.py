"""Forms made from a JSON Schema: the pure part."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import engine.connection.probe as probes
from designer.pages.connection_forms import FAMILIES, form_fields, kinds, plain_document, shown_form, submitted
from designer.pages.environment import icons
from designer.pages.forms import beside, fields_of, filled, read_form
from engine.catalogue import entries
from engine.connection.types import connection_types, json_schema, parse_connection
from engine.errors import Problem

SCHEMA: dict[str, Any] = {
    "properties": {
        "type": {"const": "x"},
        "url": {"type": "string", "format": "uri", "title": "Address", "description": "Where."},
        "port": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 9}, {"type": "null"}], "default": None},
        "tls": {"enum": ["a", "b"], "enumTitles": {"a": "First"}, "default": "b"},
        "fast": {"type": "boolean", "default": True},
        "key": {"type": "string", "secret": True},
        "more": {"type": "object", "additionalProperties": {"type": "string", "secret": True}},
    },
    "required": ["url"],
}
FIELDS = fields_of(SCHEMA)


def test_a_schema_becomes_fields_in_its_order() -> None:
    assert [(one.name, one.kind, one.input_type, one.required, one.secret) for one in FIELDS] == [
        ("url", "text", "url", True, False),
        ("port", "number", "number", False, False),
        ("tls", "choice", "text", False, False),
        ("fast", "switch", "text", False, False),
        ("key", "secret", "password", False, True),
        ("more", "entries", "text", False, True),
    ]
    assert (FIELDS[0].title, FIELDS[0].help, FIELDS[1].minimum, FIELDS[1].maximum) == ("Address", "Where.", 1, 9)
    assert FIELDS[2].choices == (("a", "First"), ("b", "b"))


def test_what_is_typed_becomes_a_document() -> None:
    form = {"url": " https://a.b ", "port": "7", "tls": "a", "fast": "on", "key": " s ", "more.0.name": "X", "more.0.value": "v"}
    assert read_form(FIELDS, form) == {"url": "https://a.b", "port": 7, "tls": "a", "fast": True, "key": " s ", "more": {"X": "v"}}


def test_what_is_left_empty_is_left_out() -> None:
    assert read_form(FIELDS, {"url": " ", "port": "", "key": "", "more.0.name": "", "more.0.value": ""}) == {"fast": False, "more": {}}


def test_a_number_that_is_none_stays_as_it_was_typed() -> None:
    assert read_form(FIELDS, {"port": "seven"})["port"] == "seven"


def test_an_entry_without_its_secret_is_told_from_one_that_is_not_there() -> None:
    assert read_form(FIELDS, {"more.1.name": "X", "more.3.value": "v"})["more"] == {"X": None, "": "v"}


def test_a_form_is_filled_without_its_secrets() -> None:
    form = filled(FIELDS, {"url": "https://a.b", "key": "s3cret", "more": {"X": "s3cret"}}, {}, frozenset({"key"}))
    assert "s3cret" not in repr(form)
    assert (form.values["url"], form.values["tls"], form.values["fast"], form.names["more"]) == ("https://a.b", "b", "on", ["X"])


def test_problems_stand_beside_their_fields_and_the_rest_above() -> None:
    problems = [
        Problem("connection.invalid", ("one", "url"), {"reason": "it is no URL", "rule": "address_form"}),
        Problem("connection.invalid", ("one", "more.X"), {"reason": "Field required", "rule": "missing"}),
        Problem("connection.invalid", ("one",), {"reason": "no", "beside": "key"}),
        Problem("connection.in_settings", (), {"name": "one"}),
    ]
    by_field, rest = beside(problems, ["url", "key", "more"], "en")
    assert by_field == {"url": ["It is no URL."], "more": ["Please fill this in."], "key": ["No."]}
    assert [one.code for one in rest] == ["connection.in_settings"]
    assert beside(problems, ["url"], "zh")[0] == {"url": ["不是有效的网址。"]}


@pytest.mark.parametrize("kind", [name for name, model in connection_types().items() if model.__module__.startswith("engine.")])
def test_every_type_has_a_form_with_help_in_both_languages(kind: str) -> None:
    chinese = entries("zh")
    texts = [text for one in form_fields(kind) for text in (one.title, one.help, *(title for _, title in one.choices))]
    texts.append(" ".join(str(json_schema(kind)["description"]).split()))
    assert all(texts)
    assert [text for text in texts if not chinese.get((None, text))] == []


def test_every_kind_is_offered_once_with_an_icon_that_exists() -> None:
    shown = kinds()
    names = [kind.name for members in shown.values() for kind in members]
    assert sorted(names) == sorted(connection_types())
    assert {kind.icon for members in shown.values() for kind in members} - icons() == set()
    assert set(shown) <= set(FAMILIES)
    assert [text for text in FAMILIES.values() if not entries("zh").get((None, text))] == []


def test_a_change_without_any_typed_secret_keeps_them_all() -> None:
    document = {"type": "http", "url": "https://a.b", "auth": "basic", "user": "u", "secret": "s", "headers": {"X-Key": "k"}}
    held = parse_connection("one", document)
    shown, rest = shown_form("http", plain_document(held), held, (), "en")
    typed = {**shown.values, **{f"headers.{n}.name": name for n, name in enumerate(shown.names["headers"])}}
    given = submitted("http", "one", typed, held)
    assert (given.connection, given.problems, rest) == (held, [], [])


def test_all_faults_of_a_form_are_found_at_once() -> None:
    given = submitted("smtp", "mail", {"port": "x", "tls": "odd", "from": "nobody"}, None)
    by_field, rest = beside(given.problems, [one.name for one in form_fields("smtp")], "en")
    assert (set(by_field), rest, given.connection) == ({"host", "port", "tls", "from"}, [], None)


@pytest.mark.parametrize(
    ("kind", "form", "field"),
    [
        ("http", {"url": "https://a.b", "auth": "basic", "secret": "s"}, "user"),
        ("smtp", {"host": "a.b", "from": "a@b.c", "user": "u"}, "secret"),
        ("smtp", {"host": "a.b", "from": "a@b.c", "user": "u", "secret": "s", "tls": "none"}, "tls"),
        ("http", {"url": "https://a.b", "headers.0.name": "X-Key"}, "headers"),
    ],
)
def test_faults_between_fields_stand_beside_the_one_to_change(kind: str, form: dict[str, str], field: str) -> None:
    given = submitted(kind, "one", form, None)
    assert list(beside(given.problems, [one.name for one in form_fields(kind)], "zh")[0]) == [field]


def sentences_of_probes() -> set[str]:
    """The literal words in ``step(…)``, ``tell(…)`` and ``told(…)``, and the sentences that are named before."""
    found: set[str] = set()
    for file in Path(str(probes.__file__)).parent.glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in ("step", "tell", "told"):
                found |= {arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}
            if isinstance(call, ast.Assign) and isinstance(call.value, ast.Constant) and "{" in str(call.value.value):
                found.add(str(call.value.value))
    return found


def test_every_sentence_of_a_probe_has_a_chinese_translation() -> None:
    sentences, chinese = sentences_of_probes(), entries("zh")
    assert len(sentences) > 30
    assert {text for text in sentences if text and not chinese.get((None, text))} == set()
