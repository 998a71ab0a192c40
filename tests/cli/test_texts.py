"""Every sentence of the command line and of the engine's problems is there in both languages."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from typing import Annotated, Literal, get_args

import click
import pytest
from pydantic import AfterValidator, BaseModel, Field, ValidationError
from pydantic_core import core_schema

from engine.catalogue import LANGUAGES, PROBLEM, RULE, entries, explain
from engine.cli.language import speak
from engine.cli.program import COMMANDS, program
from engine.errors import Problem, system_reason
from engine.node.validation import problems_of

OF_PYTHON = frozenset({
    "no_such_attribute", "needs_python_object", "frozen_field", "frozen_instance", "get_attribute_error", "dataclass_type",
    "dataclass_exact_type", "named_tuple_type", "default_factory_not_called", "iteration_error", "frozen_dict_type",
    "ordered_dict_type", "counter_type", "deque_type", "bytes_invalid_encoding", "missing_sentinel_error", "ellipsis_error",
    "is_subclass_of", "callable_type", "arguments_type", "missing_argument", "unexpected_keyword_argument",
    "missing_keyword_only_argument", "unexpected_positional_argument", "missing_positional_only_argument",
    "multiple_argument_values", "fraction_type", "fraction_parsing", "complex_type", "complex_str_parsing",
})  # fmt: skip
"""What pydantic says of programs, never of a document; and types that no parameter has."""
OF_AUTHORS = frozenset({"value_error", "assertion_error"})
"""The words of whoever wrote the check."""
FINDINGS = sorted(set(get_args(core_schema.ErrorType)) - OF_PYTHON - OF_AUTHORS)
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
    assert explain(problem, "en")["what"] == "0 does not fit: it must be greater than 0."
    assert (RULE, "string_type") in entries("zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_pydantic_finds_is_told_in_our_words(language) -> None:
    known = entries(language)
    assert [kind for kind in FINDINGS if (RULE, kind) not in known] == []
    assert [text for text in (known[RULE, kind] for kind in FINDINGS) if re.search("[Ii]nput|should|valid ", text)] == []


def test_a_sentence_of_pydantic_fills_in_what_it_allows() -> None:
    class Parcel(BaseModel):
        kind: Literal["box", "letter"]
        weight: int = Field(ge=1)
        note: str = Field(max_length=3)

    with pytest.raises(ValidationError) as caught:
        Parcel.model_validate({"kind": "crate", "weight": "heavy", "note": "a whole story"})
    told = [explain(problem, "en")["what"] for problem in problems_of(caught.value, "params")]
    assert told == [
        "crate does not fit: it must be one of 'box' or 'letter'.",
        "heavy does not fit: it cannot be read as a whole number.",
        "a whole story does not fit: at most 3 characters.",
    ]


def test_the_words_of_an_author_stay_without_pydantics_own() -> None:
    def even(value: int) -> int:
        if value % 2:
            raise ValueError("an even number is wanted")
        return value

    class Pair(BaseModel):
        count: Annotated[int, AfterValidator(even)]

    with pytest.raises(ValidationError) as caught:
        Pair.model_validate({"count": 3})
    (problem,) = problems_of(caught.value, "params")
    assert explain(problem, "en")["what"] == "3 does not fit: an even number is wanted."


@pytest.mark.parametrize(("number", "english", "chinese"), [
    (errno.EACCES, "permission denied", "没有权限"), (errno.ENOSPC, "no space is left on the disk", "磁盘空间不足"),
    (errno.EROFS, "the file system is read-only", "文件系统为只读"),
    (errno.ENOTDIR, "a part of the path is not a folder", "路径中有一部分不是文件夹"),
])  # fmt: skip
def test_why_the_system_refused_is_told_in_our_words(number, english, chinese) -> None:
    problem = Problem("output.unwritable", ("x",), system_reason(OSError(number, os.strerror(number))))
    assert english in explain(problem, "en")["what"]
    assert chinese in explain(problem, "zh")["what"]


def test_a_reason_of_the_system_that_nobody_foresaw_is_told_as_it_came() -> None:
    problem = Problem("output.unwritable", ("x",), system_reason(OSError(errno.EXDEV, "Invalid cross-device link")))
    assert "Invalid cross-device link" in explain(problem, "zh")["what"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_there_is_nothing_of_is_left_out_of_a_sentence(language) -> None:
    close = [explain(Problem("node.unknown", (), {"use": "x", "close": found}), language)["do"] for found in ("", "rule.condition")]
    assert "–" not in close[0]
    assert "rule.condition" in close[1]
    assert len(close[0]) < len(close[1]) - len("rule.condition")
    assert not re.search(r"[\[\]{}]", "".join(close))


def test_braces_of_templates_and_json_are_shown_as_they_are() -> None:
    assert "{{ item.field }}" in explain(Problem("template.syntax", (), {"line": 1, "reason": "x"}), "en")["do"]
    assert '{"type": "wms"' in explain(Problem("settings.connection"), "zh")["do"]


def _places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))
