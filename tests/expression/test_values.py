from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from engine.expression import Expression, ExpressionError, to_json_value


def result(text: str, **item: Any) -> Any:
    return Expression(text).evaluate({"item": item})


def test_a_fractional_number_of_json_is_a_double_to_operators() -> None:
    assert result("item.price * 2.0 + 0.5 == 3.5 && item.price < 2 && type(item.price) == double", price=Decimal("1.5")) is True


def test_a_fractional_number_that_is_only_handed_on_keeps_its_digits() -> None:
    price = result("item.price", price=Decimal("1.50"))
    assert (type(price), str(price)) == (Decimal, "1.50")


def test_a_whole_number_beyond_64_bits_is_compared_and_printed_but_not_calculated_with() -> None:
    assert result("item.n > 1 && item.n == item.n && string(item.n) == '18446744073709551616'", n=2**64) is True
    with pytest.raises(ExpressionError, match=r"expression\.overflow"):
        result("item.n + (-1)", n=2**64)


def test_a_bool_never_equals_a_number() -> None:
    assert result("item.yes == 1 || 1 in [true] || {1: 'a'}.exists(k, k == true) || true in {1: 'a'}", yes=True) is False


def test_a_membership_among_literals_works_for_any_type() -> None:
    assert result("item.s in ['a', 'b'] && !(item.n in ['a', 'b']) && !(null in ['a'])", s="b", n=1) is True


def test_dates_of_the_data_are_timestamps() -> None:
    at = datetime(2024, 2, 29, 20, 30, tzinfo=timezone(timedelta(hours=8)))
    assert result("item.at == timestamp('2024-02-29T12:30:00Z') && item.at.getHours('Asia/Shanghai') == 20", at=at) is True
    assert result("item.at + item.wait", at=at, wait=timedelta(hours=1)) == datetime(2024, 2, 29, 13, 30, tzinfo=UTC)


def test_a_date_without_a_zone_is_no_point_in_time() -> None:
    with pytest.raises(ExpressionError, match=r"expression\.timestamp"):
        result("item.at < timestamp(0)", at=datetime(2024, 1, 1))  # noqa: DTZ001 - that is the case


def test_a_read_only_mapping_is_a_map() -> None:
    assert result("item.m.a == 1 && has(item.m.a) && item.m['a'] == 1 && size(item.m) == 1", m=MappingProxyType({"a": 1})) is True


@pytest.mark.parametrize(
    ("text", "json"),
    [
        ("timestamp('2024-01-01T08:00:00.5+08:00')", "2024-01-01T00:00:00.5Z"),
        ("duration('1h')", "3600s"),
        ("duration('-1.5s')", "-1.5s"),
        ("b'abc'", "YWJj"),
        ("money('12.50') + 1", "13.50"),
        ("[type(1), {'a': [timestamp(0)]}]", ["int", {"a": ["1970-01-01T00:00:00Z"]}]),
        ("{1: true, 'b': null}", {"1": True, "b": None}),
        ("1.0 / 0.0", "Infinity"),
        ("0.0 / 0.0", "NaN"),
        ("1.5", 1.5),
        ("google.protobuf.Duration", "google.protobuf.Duration"),
    ],
)
def test_each_result_has_a_json_form(text: str, json: Any) -> None:
    assert to_json_value(result(text)) == json


def test_results_are_plain_python_values() -> None:
    assert result("[timestamp(0), duration('1s')]") == [datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=1)]


def test_a_literal_is_made_anew_each_time() -> None:
    expression = Expression("[1, {'a': [2]}]")
    expression.evaluate({})[1]["a"].append(3)  # type: ignore[index]
    assert expression.evaluate({}) == [1, {"a": [2]}]


def test_names_of_python_are_only_keys() -> None:
    assert result("item.__class__ + item['__init__'] + item.`a-b`", __class__="a", __init__="b", **{"a-b": "c"}) == "abc"
    with pytest.raises(ExpressionError, match=r"expression\.not_an_object"):
        result("item.s.__class__", s="x")


def test_strings_count_by_code_point() -> None:
    assert result("size(item.s) == 3 && item.s.size() == 3 && size(bytes(item.s)) == 8", s="加a🐱") is True


def test_patterns_take_linear_time() -> None:
    assert result("item.s.matches('^(a+)+$')", s="a" * 5000 + "b") is False


def test_a_raw_string_may_end_in_a_backslash() -> None:
    assert result(r"r'\' + 'x'") == "\\x"


def test_variables_of_other_names_are_taken_by_position() -> None:
    assert Expression("order.n + rate", ("order", "rate")).function({"n": 1}, 2) == 3


def test_a_macro_variable_hides_one_of_the_expression_until_a_dot_says_otherwise() -> None:
    assert Expression("[1].map(item, item + .item.n)").evaluate({"item": {"n": 2}}) == [3]
