"""Every word on the pages is in the catalogue, and every icon in the sprite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po

from designer.commands.demo import demo
from designer.demo.report import ROWS
from designer.pages import errors, frame, schema, words
from designer.pages.environment import icons
from engine.access import ACTIONS
from engine.catalogue import entries
from engine.registry import installed

DESIGNER = Path(str(files("designer")))
TEMPLATES = sorted((DESIGNER / "templates").rglob("*.html"))
_CALL = re.compile(r"""\b(?:_|say)\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_PLACE = re.compile(r"\{(\w+)\}")


def spoken() -> Iterator[str]:
    for file in (*TEMPLATES, *(DESIGNER / "demo").glob("*.py"), DESIGNER / "commands" / "demo.py"):
        for match in _CALL.finditer(file.read_text("utf-8")):
            yield match[1] or match[2]
    for known in (*words.ALL, schema.TYPES, ACTIONS):
        yield from known.values()
    for pair in (*errors.TITLES.values(), errors.WRONG_KEY):
        yield from pair
    for heading, pages in frame.NAVIGATION:
        yield from (heading, *(label for _, _, label in pages))
    yield from (name for name, _ in ROWS)
    yield from (option.help or "" for option in demo.params if isinstance(option, click.Option))


def test_every_sentence_has_a_chinese_translation() -> None:
    chinese = entries("zh")
    assert [text for text in dict.fromkeys(spoken()) if text and not chinese.get((None, text))] == []


def test_translations_have_the_places_of_their_sentences() -> None:
    chinese = entries("zh")
    differing = [text for text in spoken() if text and set(_PLACE.findall(text)) != set(_PLACE.findall(chinese[(None, text)]))]
    assert differing == []


def test_no_translation_is_left_over() -> None:
    with (DESIGNER / "locales" / "zh" / "pages.po").open("rb") as file:
        written = {str(message.id) for message in read_po(file) if message.id}
    assert written - set(spoken()) == set()


def test_every_icon_is_in_the_sprite() -> None:
    used = {node_type.icon for node_type in installed()} | {icon for _, pages in frame.NAVIGATION for _, icon, _ in pages}
    for file in TEMPLATES:
        text = file.read_text("utf-8")
        used |= set(re.findall(r'icon\("([a-z0-9-]+)"', text)) | set(re.findall(r'ui\.empty\("([a-z0-9-]+)"', text))
    assert used - icons() == set()


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_no_template_holds_words_of_its_own(file: Path) -> None:
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>|\{#.*?#\}", " ", file.read_text("utf-8"), flags=re.DOTALL)
    assert set(re.findall(r"[A-Za-z]{2,}", text)) - {"Orderloom", "POST", "hooks", "English", "error", "null", "open"} == set()
