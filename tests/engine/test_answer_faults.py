"""What does not fit in the answer to a form is told by what the form asks, in both languages, and never repeats what was typed."""

from __future__ import annotations

from typing import Any

import pytest

from engine.answer_faults import FORMATS, faults_of
from engine.catalogue import explain

TYPED = "zzz 19900000505"


def told(part: dict[str, Any], value: Any, language: str = "en") -> list[str]:
    problems = faults_of({"type": "object", "properties": {"kind": part}}, {"kind": value})
    return [explain(problem, language)["what"] for problem in problems]


@pytest.mark.parametrize(("part", "value", "english", "chinese"), [
    ({"type": "integer"}, TYPED, "a whole number is expected", "应为整数"),
    ({"type": ["integer", "null"]}, TYPED, "a value of one of these types is expected: integer, null", "应为以下类型之一：integer、null"),
    ({"enum": ["a", "b", 3]}, TYPED, "it must be one of a, b, 3", "a、b、3"),
    ({"const": "a"}, TYPED, "it must be one of a", "a"),
    ({"pattern": "^[0-9]+$"}, TYPED, "it does not have the expected form ^[0-9]+$", "^[0-9]+$"),
    ({"minLength": 40}, TYPED, "at least 40 characters", "40"),
    ({"maxLength": 4}, TYPED, "at most 4 characters", "4"),
    ({"minimum": 7}, 5, "it must be at least 7", "7"),
    ({"maximum": 7}, 99, "it must be at most 7", "7"),
    ({"exclusiveMinimum": 7}, 5, "it must be greater than 7", "7"),
    ({"exclusiveMaximum": 7}, 99, "it must be less than 7", "7"),
    ({"multipleOf": 7}, 99, "it must be a multiple of 7", "7"),
    ({"minItems": 3}, [TYPED], "at least 3 entries", "3"),
    ({"maxItems": 1}, [TYPED, "x"], "at most 1 entries", "1"),
    ({"uniqueItems": True}, [TYPED, TYPED], "its entries must not repeat", "其中的条目不能重复"),
    ({"format": "email"}, TYPED, "an e-mail address is expected", "应为电子邮箱地址"),
    ({"format": "date"}, TYPED, "it cannot be read as a date; write one such as 2026-12-31", "无法识别为日期"),
    ({"format": "ipv4"}, TYPED, "it does not have the form ipv4", "不符合格式 ipv4"),
    ({"not": {"type": "string"}}, TYPED, "it is not what the form asks for", "不符合表单的要求"),
    ({"anyOf": [{"const": 1}, {"const": 2}]}, TYPED, "it is not what the form asks for", "不符合表单的要求"),
])  # fmt: skip
def test_each_keyword_says_what_it_asks_and_not_what_was_typed(part, value, english, chinese) -> None:
    assert told(part, value) == [f"This does not fit kind: {english}"]
    (sentence,) = told(part, value, "zh")
    assert chinese in sentence
    assert not {TYPED, "99"} & {sentence, *sentence.split()}
    assert TYPED not in str(faults_of({"properties": {"kind": part}}, {"kind": value}))


def test_each_missing_field_is_named_once() -> None:
    found = faults_of({"type": "object", "required": ["a", "b"]}, {})
    assert [(one.code, one.where) for one in found] == [("answer.missing", ("answer", "a")), ("answer.missing", ("answer", "b"))]


def test_fields_that_the_form_does_not_have_are_named_at_their_place() -> None:
    closed = {"properties": {"x": {}}, "patternProperties": {"^n_": {}}, "additionalProperties": False}
    found = faults_of({"properties": {"box": closed}}, {"box": {"x": 1, "n_1": 2, "colour": TYPED}})
    assert [(one.code, one.where, dict(one.fields)) for one in found] == [
        ("answer.unknown", ("answer", "box", "colour"), {"name": "box.colour"})
    ]


def test_a_fault_deep_inside_is_told_at_its_place() -> None:
    lines = {"type": "array", "items": {"properties": {"grams": {"minimum": 1}}, "required": ["grams"]}}
    found = faults_of({"properties": {"lines": lines}}, {"lines": [{"grams": 0}, {}]})
    assert [(one.code, one.where) for one in found] == [
        ("answer.invalid", ("answer", "lines", "0", "grams")),
        ("answer.missing", ("answer", "lines", "1", "grams")),
    ]


def test_many_options_are_not_all_told() -> None:
    (sentence,) = told({"enum": list(range(500))}, TYPED)
    assert sentence.endswith("18, 19, …")


@pytest.mark.parametrize(("form", "good", "bad"), [
    ("date", "2026-02-28", "2026-02-30"), ("email", "a@example.com", "a.example.com"), ("idn-email", "李@example.com", "李"),
    ("ipv4", "10.0.0.1", "10.0.0.256"), ("ipv6", "::1", "::zz"), ("regex", "^a+$", "(a"),
    ("uuid", "6fa459ea-ee8a-4ca4-894e-db77e160355e", "6fa459ea"),
])  # fmt: skip
def test_a_format_is_looked_at(form, good, bad) -> None:
    assert form in FORMATS
    assert told({"format": form}, good) == []
    assert len(told({"format": form}, bad)) == 1


def test_a_format_that_cannot_be_looked_at_refuses_nothing() -> None:
    assert told({"format": "uri"}, TYPED) == []
