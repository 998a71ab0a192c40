"""Edges of the transform nodes that examples would not show well."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.node.examples import Example
from engine.node.types import NodeType
from engine.testing import Outcome, run_example
from nodes.transform.aggregate import aggregate
from nodes.transform.deduplicate import deduplicate
from nodes.transform.group_by import group_by
from nodes.transform.keep_fields import keep_fields
from nodes.transform.limit import limit
from nodes.transform.lookup import Lookup, lookup
from nodes.transform.mask_fields import mask_fields
from nodes.transform.merge_by_key import merge_by_key
from nodes.transform.set_fields import set_fields
from nodes.transform.sort import sort
from nodes.transform.split_lines import split_lines

quick = settings(max_examples=50, deadline=None)
amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False, allow_infinity=False).map(str)
rows = st.lists(st.fixed_dictionaries({"key": st.sampled_from(["a", "b", "c"]), "n": st.integers(-5, 5)}), max_size=12)


def run(node_type: NodeType, params: dict[str, Any], *items: dict[str, Any], **more: Any) -> Outcome:
    return run_example(node_type, Example(params, items, **more))


def codes(outcome: Outcome) -> list[str]:
    return [problem.code for problem in outcome.problems]


@quick
@given(st.lists(amounts, min_size=1, max_size=8))
def test_a_sum_of_amounts_is_exact_in_any_order(values: list[str]) -> None:
    params = {"measures": {"total": {"function": "sum", "of": "paid"}}}
    there = run(aggregate, params, *({"paid": value} for value in values)).output["out"][0]["total"]
    back = run(aggregate, params, *({"paid": value} for value in reversed(values))).output["out"][0]["total"]
    assert there == back == format(sum((Decimal(value) for value in values), Decimal(0)), "f")


def test_a_sum_of_decimals_stays_a_decimal_and_of_integers_an_integer() -> None:
    params = {"measures": {"d": {"function": "sum", "of": "d"}, "i": {"function": "sum", "of": "i"}}}
    assert run(aggregate, params, {"d": Decimal("0.1"), "i": 1}, {"d": Decimal("0.2"), "i": 2}).output["out"] == [
        {"d": Decimal("0.3"), "i": 3}
    ]


def test_a_float_or_a_truth_value_is_no_amount() -> None:
    params = {"measures": {"t": {"function": "sum", "of": "v"}}}
    assert codes(run(aggregate, params, {"v": True})) == ["value.not_a_number"]
    assert codes(run(aggregate, params, {"v": 0.1})) == ["value.not_a_number"]


def test_measures_over_nothing_are_zero_or_empty() -> None:
    measures = {name: {"function": name, "of": "v"} for name in ("sum", "count", "min", "max", "avg")}
    assert run(aggregate, {"measures": measures}, {"v": None}).output["out"] == [
        {"sum": 0, "count": 0, "min": None, "max": None, "avg": None}
    ]


def test_a_number_with_too_many_digits_is_refused_instead_of_rounded() -> None:
    params = {"measures": {"t": {"function": "sum", "of": "v"}}}
    assert codes(run(aggregate, params, {"v": "1" * 150 + "." + "1" * 100})) == ["value.too_precise"]


def test_a_mean_of_nothing_much_is_written_without_an_exponent() -> None:
    params = {"measures": {"m": {"function": "avg", "of": "v", "digits": 8}}}
    assert run(aggregate, params, {"v": "0"}).output["out"] == [{"m": "0.00000000"}]


def test_only_count_may_do_without_a_field() -> None:
    with pytest.raises(ValidationError):
        aggregate.params.model_validate({"measures": {"t": {"function": "sum"}}})


@quick
@given(rows)
def test_grouping_loses_and_repeats_nothing(items: list[dict[str, Any]]) -> None:
    if not items:
        return
    groups = run(group_by, {"by": ["key"]}, *items).output["out"]
    keys = list(dict.fromkeys(item["key"] for item in items))
    assert [group["key"] for group in groups] == keys
    assert [item for group in groups for item in group["items"]] == sorted(items, key=lambda item: keys.index(item["key"]))


@quick
@given(rows)
def test_sorting_is_a_stable_permutation(items: list[dict[str, Any]]) -> None:
    numbered = [{**item, "at": at} for at, item in enumerate(items)]
    if numbered:
        found = run(sort, {"by": [{"field": "n", "kind": "number"}]}, *numbered).output["out"]
        assert found == sorted(numbered, key=lambda item: (item["n"], item["at"]))


def test_descending_order_keeps_equal_items_in_their_order() -> None:
    items = [{"n": 1, "at": 1}, {"n": 2, "at": 2}, {"n": 1, "at": 3}]
    found = run(sort, {"by": [{"field": "n", "kind": "number", "order": "desc"}]}, *items).output["out"]
    assert [item["at"] for item in found] == [2, 1, 3]


def test_text_kept_as_a_number_cannot_be_sorted_as_text() -> None:
    assert codes(run(sort, {"by": [{"field": "n"}]}, {"n": 1})) == ["value.not_a_text"]


@quick
@given(rows, st.sampled_from(["first", "last"]))
def test_deduplicating_keeps_one_of_each_key_and_all_others_leave_by_duplicate(items: list[dict[str, Any]], keep: str) -> None:
    numbered = [{**item, "at": at} for at, item in enumerate(items)]
    if not numbered:
        return
    output = run(deduplicate, {"by": ["key"], "keep": keep}, *numbered).output
    kept = output["out"]
    assert len({item["key"] for item in kept}) == len(kept)
    assert sorted(item["at"] for item in kept + output.get("duplicate", [])) == list(range(len(items)))


def test_one_and_true_and_the_text_one_are_three_different_keys() -> None:
    assert len(run(deduplicate, {"by": ["k"]}, {"k": 1}, {"k": True}, {"k": "1"}).output["out"]) == 3


@quick
@given(st.integers(0, 12), st.integers(1, 10))
def test_limit_divides_the_batch_in_two(count: int, size: int) -> None:
    output = run(limit, {"count": count}, *({"n": n} for n in range(size))).output
    assert output.get("out", []) + output.get("rest", []) == [{"n": n} for n in range(size)]
    assert len(output.get("out", [])) == min(count, size)


def test_a_path_to_keep_covers_longer_ones() -> None:
    item = {"a": {"b": 1, "c": 2}, "d": 3}
    assert run(keep_fields, {"fields": ["a.b", "a"]}, item).output["out"] == [{"a": {"b": 1, "c": 2}}]


def test_keeping_a_field_inside_a_text_keeps_nothing_of_the_text() -> None:
    assert run(keep_fields, {"fields": ["receiver.city", "id"]}, {"id": "1", "receiver": "Lin"}).output["out"] == [{"id": "1"}]


def test_a_list_without_brackets_is_masked_all_the_same() -> None:
    found = run(mask_fields, {"fields": {"people.phone": "phone"}}, {"people": [{"phone": "19900000101"}]}).output["out"]
    assert found == [{"people": [{"phone": "199****0101"}]}]


def test_a_number_in_a_field_to_be_masked_is_hidden_whole() -> None:
    (found,) = run(mask_fields, {"fields": {"phone": "phone"}}, {"phone": 19900000101}).output["out"]
    assert "1990" not in str(found["phone"])


def test_an_absent_field_is_not_made_by_masking() -> None:
    assert run(mask_fields, {"fields": {"receiver.phone": "phone"}}, {"id": 1}).output["out"] == [{"id": 1}]


@quick
@given(st.text(max_size=20))
def test_masking_twice_is_masking_once(name: str) -> None:
    params = {"fields": {"name": "name"}}
    once = run(mask_fields, params, {"name": name}).output["out"][0]
    assert run(mask_fields, params, once).output["out"] == [once]


def test_an_expression_that_fails_fails_its_item_only() -> None:
    outcome = run(set_fields, {"fields": {"x": "item.a + 1"}}, {"a": 1}, {})
    assert outcome.output == {"out": [{"a": 1, "x": 2}]}
    assert codes(outcome) == ["expression.no_such_field"]


def test_a_time_in_an_expression_becomes_text() -> None:
    assert run(set_fields, {"fields": {"at": "event.received_at"}}, {}).output["out"] == [{"at": "2026-01-16T03:04:05Z"}]


def test_a_list_path_cannot_be_set() -> None:
    with pytest.raises(ValidationError):
        set_fields.params.model_validate({"fields": {"lines[].x": "1"}})


def test_lines_keep_the_key_of_their_order_and_number_themselves() -> None:
    found = run(split_lines, {"keep": ["id"]}, {"id": 1, "lines": [{"q": 1}]}, {"id": 2, "lines": [{"q": 2}, {"q": 3}]}).output["out"]
    assert [(item["id"], item["line_number"], item["line"]["q"]) for item in found] == [(1, 1, 1), (2, 1, 2), (2, 2, 3)]


@pytest.mark.parametrize("lines", [None, "text", {"q": 1}])
def test_what_is_no_list_of_lines_is_not_lost(lines: Any) -> None:
    assert run(split_lines, {}, {"lines": lines}).output == {"no_lines": [{"lines": lines}]}


def test_rows_with_the_same_key_are_refused_when_the_flow_is_saved() -> None:
    with pytest.raises(ValidationError) as raised:
        Lookup.model_validate({"rows": [{"k": 1}, {"k": "1"}], "match": {"k": "k"}, "add": {"v": "v"}})
    assert raised.value.errors()[0]["ctx"]["problem"].code == "lookup.duplicate_row"


def test_a_lookup_needs_exactly_one_table() -> None:
    for tables in ({}, {"rows": [{"k": 1}], "constant": "t"}):
        with pytest.raises(ValidationError):
            Lookup.model_validate({**tables, "match": {"k": "k"}, "add": {"v": "v"}})


def test_a_constant_that_is_no_table_is_named() -> None:
    outcome = run(lookup, {"constant": "t", "match": {"k": "k"}, "add": {"v": "v"}}, {"k": 1}, constants={"t": "text"})
    assert codes(outcome) == ["lookup.no_table"]


def test_an_empty_value_finds_no_row() -> None:
    params = {"rows": [{"k": "", "v": 1}, {"k": None, "v": 2}], "match": {"k": "k"}, "add": {"v": "v"}}
    assert list(run(lookup, params, {"k": ""}, {"k": None}, {}).output) == ["missing"]


def test_merging_fills_empty_values_inside_objects() -> None:
    items = {"id": 1, "to": {"city": "", "zip": "1"}}, {"id": 1, "to": {"city": "杭州市", "zip": "2"}}
    assert run(merge_by_key, {"by": ["id"]}, *items).output["out"] == [{"id": 1, "to": {"city": "杭州市", "zip": "1"}}]


def test_an_empty_value_that_came_last_does_not_win() -> None:
    items = {"id": 1, "city": "杭州市"}, {"id": 1, "city": None}
    assert run(merge_by_key, {"by": ["id"], "prefer": "last"}, *items).output["out"] == [{"id": 1, "city": "杭州市"}]
