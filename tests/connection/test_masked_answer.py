"""An answer of an outside system counts as restricted: of it only what tells of nobody is shown."""

from __future__ import annotations

from typing import Any

import pytest

from engine.connection.masked_answer import masked_answer


@pytest.mark.parametrize("answer", ["new", "changed", "unchanged", "stale", {"ok": True}, None])
def test_the_words_of_the_hub_and_of_the_mail_server_are_shown(answer: Any) -> None:
    assert masked_answer(answer) == answer


def test_an_answer_that_a_person_gave_is_named_as_such() -> None:
    answer = {"status": 200, "headers": {}, "body": None, "by": "person"}
    assert masked_answer(answer) == answer


@pytest.mark.parametrize("body", ["林小满", 13800000000, True, ["林小满"], Ellipsis])
def test_a_body_that_is_no_object_is_hidden(body: Any) -> None:
    assert set(str(masked_answer({"status": 200, "body": body})["body"])) <= set("*[']")


@pytest.mark.parametrize(
    ("key", "value", "is_shown"),
    [
        ("code", 0, True), ("code", "0", True), ("errcode", -1, True), ("StatusCode", 99_999, True), ("error_code", 10_001, True),
        ("code", 100_000, False), ("code", "138001", False), ("code", "林", False), ("code", True, False), ("ret", 1.5, False),
        ("age", 42, False), ("zipcode", 31000, False), ("name", "0", False),
    ],
)  # fmt: skip
def test_short_numbers_are_shown_under_the_keys_of_codes_only(key: str, value: Any, is_shown: bool) -> None:
    assert (masked_answer({"status": 200, "body": {key: value}})["body"][key] == value) is is_shown


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "林小满"}, {"content-type": "text/plain; name=Lin"}, {"x-request-id": "LinXiaoman"},
        {"x-request-id": "13800000000"},
        {"server": "Lin"}, {"location": "/Lin"}, {"林小满": "x"}, {"retry-after": 5},
    ],
)  # fmt: skip
def test_other_headers_are_hidden(headers: dict[str, Any]) -> None:
    ((name, value),) = masked_answer({"status": 200, "headers": headers})["headers"].items()
    assert set(value) == {"*"}
    assert name in headers or name == "****1"


def test_what_is_no_answer_of_a_known_form_is_hidden() -> None:
    assert masked_answer("林小满") == "***"
    assert masked_answer({"name": "林小满", "13800000000": 1}) == {"name": "***", "****1": "****"}
    assert masked_answer({"status": "林小满", "by": "林小满", "林小满": 1}) == {"status": "***", "by": "***", "****1": "****"}
