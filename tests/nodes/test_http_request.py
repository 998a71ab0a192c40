"""Requests to any service."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.node.examples import Example
from engine.testing import Outcome, run_example
from nodes.connector.http_request import http_request


def ask(item: dict[str, Any], *answers: dict[str, Any], **params: Any) -> Outcome:
    given_answers = answers or ({"status": 200, "body": {}},)
    return run_example(http_request, Example({"service": {"connection": "s"}, **params}, [item], answers=given_answers))


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=12))
def test_a_value_stays_one_segment_of_the_path(value: str) -> None:
    outcome = ask({"id": value}, path="/orders/{{ item.id }}/lines", method="GET")
    if outcome.problems:
        assert value in (".", "..")
    else:
        path = outcome.requests[0]["path"]
        assert path.count("/") == 3
        assert path.isascii()
        assert not set(path) & set("?# \\")


@pytest.mark.parametrize("path", ["orders", "//host/x", "/a/../b", "/a?b=1", "/a#b", "/./a"])
def test_a_path_that_would_lead_elsewhere_is_refused(path: str) -> None:
    assert [problem.code for problem in ask({}, path=path).problems] == ["http.bad_path"]


def test_without_a_path_the_service_itself_is_asked() -> None:
    assert ask({}).requests[0]["path"] == ""


@pytest.mark.parametrize(("method", "sends"), [("GET", False), ("DELETE", False), ("POST", True), ("PUT", True), ("PATCH", True)])
def test_only_methods_with_a_body_send_the_item(method: str, sends: bool) -> None:
    assert ("json" in ask({"a": 1}, method=method).requests[0]) is sends


def test_the_answer_may_go_to_a_field_inside() -> None:
    assert ask({"a": 1}, {"status": 200, "body": [1]}, into="stock.answer").output["out"] == [
        {"a": 1, "stock": {"answer": {"status": 200, "body": [1]}}}
    ]


def test_an_answer_cannot_replace_a_part_of_a_text() -> None:
    assert [problem.code for problem in ask({"stock": "x"}, into="stock.answer").problems] == ["path.blocked"]


def test_a_refusal_names_the_status_and_not_the_body() -> None:
    (problem,) = ask({}, {"status": 422, "body": {"phone": "19900000101"}}).problems
    assert "19900000101" not in str(problem)
    assert problem.fields["status"] == 422


def test_an_expression_for_the_body_is_checked_when_the_flow_is_saved() -> None:
    with pytest.raises(ValidationError):
        http_request.params.model_validate({"service": {"connection": "s"}, "body": "{"})


@pytest.mark.parametrize("into", ["", None])
def test_an_empty_answer_field_keeps_no_answer(into: str | None) -> None:
    assert ask({"id": "1"}, into=into).output == {"out": [{"id": "1"}]}
