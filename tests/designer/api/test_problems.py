from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.exceptions import HTTPException

from designer.errors import in_our_words
from designer.problems import Refused, accepted_language, document, headers_of, status_of
from engine.catalogue import LANGUAGES, problem_sentences
from engine.errors import Conflict, FlowInvalid, InputInvalid, NotFound, OrderloomError, Problem
from engine.intake.accept import Busy

OURS = (
    "access.key_needed", "access.cross_site", "access.wrong_host", "access.denied", "body.too_large", "body.too_slow",
    "body.unreadable", "body.too_deep", "hook.unknown", "hook.not_ready", "intake.busy", "request.failed", "request.invalid",
    "request.unknown_path", "request.method", "service.closing", "service.not_loopback", "service.port_in_use",
    "service.cannot_listen", "service.data_in_use", "service.data_unusable", "flow.no_draft", "flow.other_name", "flow.bad_name",
    "flow.not_an_object", "flow.changed", "run.ended", "incident.bad_action",
)  # fmt: skip


@pytest.mark.parametrize("code", OURS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_says_what_is_wrong_and_what_to_do(code: str, language: str) -> None:
    what, do = problem_sentences(code, language)
    assert what != code
    assert do


@pytest.mark.parametrize("code", OURS)
def test_every_code_is_translated(code: str) -> None:
    assert problem_sentences(code, "zh") != problem_sentences(code, "en")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("zh;q=0.2, en;q=0.7", "en"),
        ("fr, zh-Hant-TW;q=0.5", "zh"),
        ("fr", "en"),
        ("zh;q=0", "en"),
        ("zh;q=odd", "en"),
    ],
)
def test_the_language_with_the_greatest_weight_wins(header: str, language: str) -> None:
    assert accepted_language(header) == language


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_header_names_a_language_of_ours(header: str) -> None:
    assert accepted_language(header) in LANGUAGES


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(Problem("run.unknown")), 404),
        (Conflict(Problem("flow.changed")), 412),
        (Conflict(Problem("run.ended")), 409),
        (FlowInvalid(Problem("flow.empty")), 422),
        (InputInvalid(Problem("body.unreadable")), 400),
        (InputInvalid(Problem("connection.invalid")), 422),
        (Busy(Problem("intake.busy")), 503),
        (Refused(421, Problem("access.wrong_host")), 421),
        (HTTPException(status_code=405), 405),
        (OrderloomError(Problem("odd.code")), 500),
        (OrderloomError([]), 500),
        (ValueError("x"), 500),
    ],
)
def test_every_error_has_its_status(error: Exception, status: int) -> None:
    assert status_of(in_our_words(error)) == status


def test_whoever_is_asked_to_come_again_is_told_when() -> None:
    assert headers_of(Busy(Problem("intake.busy"))) == {"Retry-After": "2"}
    assert headers_of(NotFound(Problem("run.unknown"))) == {}


def test_a_document_holds_all_problems() -> None:
    shown = document([Problem("access.key_needed"), Problem("hook.unknown", ("a", "b"))], 422, "en")
    assert (shown["type"], shown["status"], [one["code"] for one in shown["problems"]]) == (
        "access.key_needed",
        422,
        ["access.key_needed", "hook.unknown"],
    )
    assert shown["problems"][1]["where"] == "a › b"
