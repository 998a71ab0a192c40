"""One catalogue, two languages: every problem code that the source can raise has its two sentences in both."""

from __future__ import annotations

import re
import string
from io import BytesIO
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import read_po

from engine.catalogue import LANGUAGES, PROBLEM, STATE, entries, explain
from engine.errors import Problem
from engine.store.alarms import AlarmState
from engine.store.contracts import ChangeState
from engine.store.records import IncidentState, RunState, WaitState

ROOT = Path(__file__).parents[2]
_RAISED = re.compile(r'(?:Problem|NodeError|CallFailed|ExpressionError|InputInvalid|Refused)\(\s*(?:\d+, )?"([a-z_]+\.[a-z_.]+)"')
_FIELDS = string.Formatter()


def raised_codes() -> dict[str, str]:
    """Code → a file that raises it."""
    files = [file for package in ("engine", "nodes", "designer") for file in (ROOT / package).rglob("*.py") if "scaffold" not in file.parts]
    return {code: str(file.relative_to(ROOT)) for file in files for code in _RAISED.findall(file.read_text(encoding="utf-8"))}


def fields_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in _FIELDS.parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_that_is_raised_has_its_sentences(language: str) -> None:
    known = entries(language)
    missing = {code: file for code, file in raised_codes().items() if (PROBLEM, code) not in known}
    assert missing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_says_what_to_do(language: str) -> None:
    silent = [
        key
        for (context, key), text in entries(language).items()
        if context == PROBLEM and len([line for line in text.split("\n") if line.strip()]) < 2
    ]
    assert silent == []


def test_both_languages_know_the_same_codes_and_fill_in_the_same_fields() -> None:
    english, chinese = ({key: text for (at, key), text in entries(language).items() if at == PROBLEM} for language in LANGUAGES)
    assert set(english) == set(chinese)
    assert {
        key: fields_of(english[key]) ^ fields_of(chinese[key]) for key in english if fields_of(english[key]) != fields_of(chinese[key])
    } == {}


@pytest.mark.parametrize(("code", "state", "english", "chinese"), [
    ("wait.closed", "done", "(done)", "（已完成）"), ("run.ended", "cancelled", "cancelled", "已取消"),
    ("run.not_movable", "cancelling", "being cancelled", "取消中"), ("incident.closed", "skipped", "skipped", "已跳过"),
    ("event.still_open", "queued", "queued", "排队中"), ("alarm.not_raised", "over", "over", "已恢复"),
    ("form_change.closed", "gone", "shows no more", "不再出现"),
])  # fmt: skip
def test_states_are_called_by_their_names(code, state, english, chinese) -> None:
    problem = Problem(code, (), {"state": state})
    assert english in explain(problem, "en")["what"]
    assert chinese in explain(problem, "zh")["what"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_a_name(language: str) -> None:
    words = {word for states in (RunState, WaitState, IncidentState, AlarmState, ChangeState) for word in get_args(states)}
    assert {word for word in words if (STATE, word) not in entries(language)} == set()


def test_a_problem_is_explained_in_the_readers_language() -> None:
    problem = Problem("wire.unknown_port", ("flow", 'wire "a.b -> c"'), {"node": "a", "port": "b", "ports": ["yes", "no"]})
    english, chinese = explain(problem, "en"), explain(problem, "zh")
    assert (english["code"], english["where"]) == ("wire.unknown_port", 'flow › wire "a.b -> c"')
    assert "yes, no" in english["what"] + english["do"]
    assert english["what"] != chinese["what"]


def test_a_sentence_has_one_translation_in_whichever_file_it_stands() -> None:
    """The files become one catalogue, so the one that is read last would win everywhere."""
    found: dict[tuple[str, str], set[str]] = {}
    for file in sorted(ROOT.glob("*/locales/zh/*.po")):
        for message in read_po(BytesIO(file.read_bytes())):
            if message.id:
                found.setdefault((message.context or "", str(message.id)), set()).add(str(message.string))
    assert {key: texts for key, texts in found.items() if len(texts) > 1} == {}
