"""Edges of condition, switch and decision table."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from engine.node.examples import Example
from engine.node.types import NodeType
from engine.testing import Outcome, run_example
from nodes.rule.condition import condition
from nodes.rule.decision_table import decision_table
from nodes.rule.switch import MAX_CASES, switch


def run(node_type: NodeType, params: dict[str, Any], *items: dict[str, Any], **more: Any) -> Outcome:
    return run_example(node_type, Example(params, items, **more))


def test_a_missing_field_is_neither_yes_nor_no() -> None:
    outcome = run(condition, {"when": "item.paid > 1"}, {})
    assert outcome.output == {}
    assert [problem.code for problem in outcome.problems] == ["expression.no_such_field"]


def test_a_condition_knows_event_and_constants() -> None:
    params = {"when": "event.channel == flow.constants.channel"}
    assert list(run(condition, params, {}, event={"channel": "jd"}, constants={"channel": "jd"}).output) == ["yes"]


def test_a_condition_that_cannot_be_read_is_refused_when_the_flow_is_saved() -> None:
    with pytest.raises(ValidationError):
        condition.params.model_validate({"when": "item.paid >"})


def test_later_cases_are_not_looked_at_once_one_holds() -> None:
    assert list(run(switch, {"cases": [{"when": "true"}, {"when": "item.absent"}]}, {}).output) == ["case_1"]


def test_there_are_as_many_cases_as_ports() -> None:
    case = {"when": "true"}
    switch.params.model_validate({"cases": [case] * MAX_CASES})
    with pytest.raises(ValidationError):
        switch.params.model_validate({"cases": [case] * (MAX_CASES + 1)})


def test_unique_names_the_rows_that_hit_and_no_value() -> None:
    rows = [{"when": "item.n > 1"}, {"when": "false"}, {"when": "item.n > 2"}]
    (problem,) = run(decision_table, {"rows": rows, "hit_policy": "unique"}, {"n": 5}).problems
    assert dict(problem.fields) == {"rows": [1, 3]}


def test_unique_with_one_hit_decides() -> None:
    rows = [{"when": "item.n > 1", "then": {"a": 1}}, {"when": "item.n < 1", "then": {"a": 2}}]
    assert run(decision_table, {"rows": rows, "hit_policy": "unique"}, {"n": 0}).output == {"out": [{"n": 0, "a": 2}]}


def test_collect_keeps_the_order_of_rows_and_leaves_out_rows_without_the_field() -> None:
    rows = [{"when": "true", "then": {"a": 1}}, {"when": "true", "then": {"b": 2}}, {"when": "true", "compute": {"a": "item.n"}}]
    assert run(decision_table, {"rows": rows, "hit_policy": "collect"}, {"n": 7}).output == {"out": [{"n": 7, "a": [1, 7], "b": [2]}]}


def test_first_does_not_look_at_rows_behind_the_hit() -> None:
    rows = [{"when": "true", "then": {"a": 1}}, {"when": "item.absent"}]
    assert run(decision_table, {"rows": rows}, {}).output == {"out": [{"a": 1}]}
