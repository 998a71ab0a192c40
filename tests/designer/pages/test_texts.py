"""Every word that a script shows is in the catalogue."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from designer.assets import STATIC
from designer.pages.environment import icons
from designer.pages.texts import SCRIPTS, msgids, said_in, script_texts
from engine.catalogue import entries
from tests.designer.pages.scripts import bare_words, templates

ALL = sorted(SCRIPTS.rglob("*.js"))
LOCALES = STATIC.parent / "locales" / "zh"
_PLACE = re.compile(r"\{(\w+)\}")
_ICON = re.compile(r"""<\$\{Icon\}[^>]*?\bname=["']?([a-z0-9-]+)["'\s]""")


def test_every_sentence_of_the_scripts_has_a_chinese_translation() -> None:
    chinese = entries("zh")
    assert [msgid for msgid in msgids() if re.search("[A-Za-z]", msgid) and not chinese.get((None, msgid))] == []


def test_translations_have_the_places_of_their_sentences() -> None:
    chinese = entries("zh")
    assert [one for one in msgids() if set(_PLACE.findall(one)) != set(_PLACE.findall(chinese.get((None, one), one)))] == []


def test_no_translation_of_the_canvas_is_left_over() -> None:
    templates = "".join(file.read_text("utf-8") for file in (STATIC.parent / "templates").rglob("*.html"))
    pages = "".join(file.read_text("utf-8") for file in (STATIC.parent / "pages").rglob("*.py"))
    written = {
        str(one.id) for file in LOCALES.glob("canvas*.po") for one in read_po(BytesIO(file.read_bytes())) if one.id and not one.context
    }
    assert [one for one in sorted(written - set(msgids())) if f'"{one}"' not in templates + pages] == []


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.relative_to(SCRIPTS).as_posix())
def test_a_script_shows_no_words_of_its_own(file: Path) -> None:
    assert bare_words(file.read_text("utf-8")) == []


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.relative_to(SCRIPTS).as_posix())
def test_a_script_says_literal_sentences_only(file: Path) -> None:
    """What is put together at run time cannot be found, and so not be translated."""
    script = re.sub(r"function say\(|//[^\n]*|/\*.*?\*/", "", file.read_text("utf-8"), flags=re.DOTALL)
    assert len(said_in(script)) == len(re.findall(r"\bsay\(", script))


def test_every_icon_of_a_script_is_in_the_sprite() -> None:
    used = {name for file in ALL for name in _ICON.findall(file.read_text("utf-8"))}
    assert used
    assert used - icons() == set()


def test_the_page_gets_exactly_the_sentences_of_the_scripts() -> None:
    assert list(script_texts("en")) == list(script_texts("zh")) == msgids()
    assert all(text == msgid for msgid, text in script_texts("en").items())


def test_what_a_script_says_is_found_over_lines_and_with_quotation_marks() -> None:
    assert said_in('say("One");\nsay(\n  "Two {n}",\n  { n },\n);\nsay("a \\"b\\"")\nessay("no"); say(name); say("a" + b)') == [
        "One",
        "Two {n}",
        'a "b"',
    ]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("html`<p>Delete it</p>`", ["Delete it"]),
        ("html`<p>${say(\"Delete\")} now</p>`", ["now"]),
        ("html`<div>${open && html`<b>Inner words</b>`}</div>`", ["Inner words"]),
        ('html`<button aria-label="Close it" onClick=${() => { go("}"); }}>${icon}</button>`', ["Close it"]),
        ('html`<input placeholder="Search" />`', ["Search"]),
        ('box.textContent = "Gone wrong";', ["Gone wrong"]),
        ('const text = "删除"; // 注释', ["删除"]),
        ("const text = `共 ${n} 个`;", ["共 ${n} 个"]),
        ('const link = "https://example.com"; const name = "中文";', []),
        ('/** `{title: "many"}` */ const n = 1;', []),
        ('// 删除 is only a comment\nconst a = { title: say("Delete") };', []),
        ('html`<b className="card big" type="button" title=${say("Big")}>${n > 1 ? html`<i>${n}</i>` : "·"}</b>`', []),
    ],
)  # fmt: skip
def test_the_scan_finds_forgotten_words_and_nothing_else(script: str, words: list[str]) -> None:
    assert bare_words(script) == words


def test_a_template_is_read_with_its_expressions_left_out() -> None:
    assert list(templates("html`<a b=${{ c: `}${d}` }}>e</a>`")) == ["<a b=\0>e</a>"]
