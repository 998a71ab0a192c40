"""Texts of nodes may hold braces of their own, as where they explain templates: they are shown as they stand, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.catalogue import LANGUAGES, entries, explain, text
from engine.errors import Problem
from engine.node.types import NodeType
from engine.registry import installed

ODD = ("{…}", "{", "}", "{}", "{0}", "{{ item.id }}", '{"code": "SUCCESS", "id": item.id}', "{a!x}", "{a:d}", "{a.b[c]}", "{{{", "100 % {")


def texts_of(node: NodeType) -> Iterator[str]:
    """Whatever is shown of a node: label, help, titles of examples, and titles and help of parameters, however deep."""
    yield from (node.label, node.help, *(example.title for example in node.examples if example.title))
    yield from _words_in(node.params_schema)


def _words_in(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from (schema[name] for name in ("title", "description") if isinstance(schema.get(name), str))
        for value in schema.values():
            yield from _words_in(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _words_in(value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_every_node_is_shown_as_it_stands_in_the_catalogue(language: str) -> None:
    known = entries(language)
    found = {words for node in installed() for words in texts_of(node)}
    assert any("{" in words for words in found), "some node explains a template"
    changed = {words for words in found if text(words, language) != (known.get((None, words)) or words)}
    assert changed == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("braces", ODD)
def test_a_help_with_braces_of_any_kind_is_shown_once_translated(monkeypatch: pytest.MonkeyPatch, language: str, braces: str) -> None:
    monkeypatch.setitem(entries(language), (None, f"Fills in {braces}."), f"填入 {braces}。")  # type: ignore[arg-type]
    assert text(f"Fills in {braces}.", language) == f"填入 {braces}。"
    assert text(f"Untranslated {braces}", language) == f"Untranslated {braces}"


def test_sentences_with_fields_are_filled_in_as_before() -> None:
    assert text("{name} ({more})", "zh", name="a", more="b") == "a（b）"
    assert "{" in explain(Problem("cli.option_not_an_object"), "zh")["do"]
    assert "{{" not in explain(Problem("cli.option_not_an_object"), "zh")["do"], "doubled braces of problems stand for one"
