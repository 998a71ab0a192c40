"""Every sentence of the command line and of the engine's problems is there in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from engine.catalogue import LANGUAGES, PROBLEM, RULE, entries, explain
from engine.cli.language import speak
from engine.cli.program import COMMANDS, program
from engine.errors import Problem

ENGINE = Path(__file__).parents[2] / "engine"
_CODE = re.compile(r'(?<!>>> raise )(?:Problem|NodeError|ExpressionError|OperationError|not_found)\(\s*"([a-z_]+\.[a-z_]+)"')


def codes() -> set[str]:
    return {code for file in ENGINE.rglob("*.py") for code in _CODE.findall(file.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_of_the_engine_says_what_is_wrong_and_what_to_do(language) -> None:
    known = {key: text for (context, key), text in entries(language).items() if context == PROBLEM}
    assert sorted(codes() - known.keys()) == []
    assert [code for code in codes() if len(known[code].strip().split("\n")) != 2] == []


def test_both_languages_fill_the_same_places() -> None:
    english, chinese = entries("en"), entries("zh")
    differing = [key for key in english if key[0] == PROBLEM and key in chinese and _places(english[key]) != _places(chinese[key])]
    assert differing == []


@pytest.mark.parametrize("name", [*COMMANDS])
def test_help_of_commands_and_options_is_translated(name) -> None:
    speak("zh")
    command = program.get_command(click.Context(program), name)
    speak("en")
    assert command is not None
    texts = [command.help, *(option.help for option in command.params if isinstance(option, click.Option))]
    assert [text for text in texts if text and not re.search("[\u4e00-\u9fff]", text)] == []


def test_why_a_parameter_does_not_fit_is_told_in_chinese() -> None:
    problem = Problem(
        "params.invalid",
        ("x",),
        {"name": "count", "value": "0", "reason": "Input should be greater than 0", "rule": "greater_than", "gt": 0},
    )
    assert explain(problem, "zh")["what"] == "0 不符合要求：应大于 0。"
    assert explain(problem, "en")["what"] == "0 does not fit: Input should be greater than 0."
    assert (RULE, "string_type") in entries("zh")


def test_braces_of_templates_and_json_are_shown_as_they_are() -> None:
    assert "{{ item.field }}" in explain(Problem("template.syntax", (), {"line": 1, "reason": "x"}), "en")["do"]
    assert '{"type": "wms"' in explain(Problem("settings.connection"), "zh")["do"]


def _places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))
