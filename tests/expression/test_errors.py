from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalogue import LANGUAGES, problem_sentences
from engine.expression import Expression, ExpressionError, to_json_value
from engine.expression.grammar import MAX_LENGTH

ITEM: dict[str, Any] = {"n": 5, "s": "text", "amount": {"paid": "1.00"}, "lines": [{"qty": 1}, {}], "big": 2**70, "phone": "13800138000"}


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("item.n ==", "expression.syntax", 1, 8),
        ("1 +\n  foo", "expression.unknown_name", 2, 3),
        ("item.for + while", "expression.syntax", 1, 12),
        ("item.s.upper()", "expression.unknown_function", 1, 8),
        ("contains('a', 'b')", "expression.unknown_function", 1, 1),
        ("size(1, 2)", "expression.argument_count", 1, 1),
        ("has(item)", "expression.syntax", 1, 1),
        ("item.lines.all(item.n, true)", "expression.syntax", 1, 16),
        ("1 + 9223372036854775808", "expression.overflow", 1, 5),
        ("1e999", "expression.overflow", 1, 1),
        ("1u", "expression.unsupported", 1, 1),
        ("item{n: 1}", "expression.unsupported", 1, 1),
        (r"'\ud800'", "expression.escape", 1, 1),
        (r"'\q'", "expression.escape", 1, 1),
        (r"b'\u0041'", "expression.escape", 1, 1),
        ("true || money('ten') > money('1')", "expression.money", 1, 9),
        ("item.s.matches('(')", "expression.pattern", 1, 8),
        ("timestamp('yesterday')", "expression.timestamp", 1, 1),
        ("duration('1 day')", "expression.duration", 1, 1),
    ],
)
def test_what_is_wrong_in_the_text_is_refused_when_it_is_read(text: str, code: str, line: int, column: int) -> None:
    with pytest.raises(ExpressionError) as raised:
        Expression(text)
    assert (raised.value.code, raised.value.line, raised.value.column) == (code, line, column)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("item.amount.nope", "expression.no_such_field", 1, 13),
        ('item["nope"]', "expression.no_such_field", 1, 5),
        ("item.nope.paid == '1'", "expression.no_such_field", 1, 6),
        ("item.s.length", "expression.not_an_object", 1, 8),
        ("item.lines.all(l, l.qty == 1)", "expression.no_such_field", 1, 21),
        ("item.n /\n 0", "expression.divide_by_zero", 1, 8),
        ("item.n % 0", "expression.divide_by_zero", 1, 8),
        ("item.n + 'a'", "expression.no_such_overload", 1, 8),
        ("item.n < 'a'", "expression.no_such_overload", 1, 8),
        ("!item.n", "expression.no_such_overload", 1, 7),
        ("item.n ? 1 : 2", "expression.no_such_overload", 1, 6),
        ("false || item.s", "expression.no_such_overload", 1, 15),
        ("item.n + 9223372036854775807", "expression.overflow", 1, 8),
        ("item.big + 1", "expression.overflow", 1, 10),
        ("item.big - item.big", "expression.overflow", 1, 10),
        ("item.lines[2]", "expression.index", 1, 11),
        ("item.lines[-1]", "expression.index", 1, 11),
        ("item[item.s]", "expression.no_such_key", 1, 5),
        ("{'a': 1, item.s: 2, 'text': 3}", "expression.duplicate_key", 1, 1),
        ("int(item.s)", "expression.conversion", 1, 1),
        ("money(item.s)", "expression.money", 1, 1),
        ("item.s.matches(item.s + '(')", "expression.pattern", 1, 8),
        ("timestamp(item.n).getHours('Moon/Base')", "expression.time_zone", 1, 19),
        (r"string(b'\xff')", "expression.utf8", 1, 1),
        (" || ".join(["item.nope > 1"] * 30), "expression.no_such_field", 1, 6),
    ],
)
def test_an_error_carries_the_place_of_what_failed(text: str, code: str, line: int, column: int) -> None:
    with pytest.raises(ExpressionError) as raised:
        Expression(text).evaluate({"item": ITEM})
    assert (raised.value.code, raised.value.line) == (code, line)
    assert raised.value.column == column or len(text) > 100


def test_a_text_of_eight_kibibytes_is_read_and_a_longer_one_refused() -> None:
    assert Expression("'" + "a" * (MAX_LENGTH - 2) + "'").evaluate({}) == "a" * (MAX_LENGTH - 2)
    with pytest.raises(ExpressionError) as raised:
        Expression("'" + "加" * (MAX_LENGTH // 3 + 1) + "'")
    assert raised.value.code == "expression.too_long"


@pytest.mark.parametrize("text", ["[" * 900 + "]" * 900, "1" + "+1" * 3000, "!" * 8000 + "true", "item" + ".a" * 3000, "-" * 7000 + "(1)"])
def test_nesting_is_bounded(text: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        Expression(text)
    assert raised.value.code == "expression.too_deep"


@pytest.mark.parametrize(
    "text", ["(" * 4000 + "1" + ")" * 4000, "1" + "+1" * 80 + " - 80", " && ".join(["item.n == 5"] * 500) + " ? 1 : 0"]
)
def test_what_is_long_but_not_deep_is_fine(text: str) -> None:
    assert Expression(text).evaluate({"item": ITEM}) == 1


def test_macros_and_logic_may_nest_deeper_than_python_blocks() -> None:
    text = "item.n == 5"
    for level in range(20):
        text = f"([{level}].exists(x{level}, x{level} == {level} && ({text} || false)) ? true : false)"
    assert Expression(text).evaluate({"item": ITEM}) is True


def test_a_variable_that_is_used_must_be_given() -> None:
    assert Expression("event.channel == 'taobao'").evaluate({"event": {"channel": "taobao"}}) is True
    with pytest.raises(ExpressionError) as raised:
        Expression("event.channel == 'taobao'").evaluate({"item": {}})
    assert raised.value.code == "expression.unknown_name"


def test_data_that_contains_itself_is_an_error_and_no_crash() -> None:
    ring: list[Any] = []
    ring.append(ring)
    other: list[Any] = []
    other.append(other)
    with pytest.raises(ExpressionError) as raised:
        Expression("item.a == item.b").evaluate({"item": {"a": ring, "b": other}})
    assert raised.value.code == "expression.data_too_deep"


@pytest.mark.parametrize(
    "text", ["item[item.phone]", "int(item.phone + 'x')", "money(item.phone + 'x')", "item.phone.nope", "item.phone < 1"]
)
def test_no_error_tells_a_value(text: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        Expression(text).evaluate({"item": ITEM})
    assert ITEM["phone"] not in str(raised.value)
    assert raised.value.__context__ is None
    assert raised.value.__cause__ is None


NAMES = ["item", "event", ".n", ".s", ".lines", "[0]", "x", ".all(", ".map(", "size(", "money(", "has(", "int("]
SIGNS = ["[", "]", "(", ")", "{", "}", ",", ":", "?", "||", "&&", "!", "-", "+", "*", "/", "%", "==", "<", "in", "\\", '"', "`", "\n"]
LITERALS = ["1", "1.5", "'a'", "b'a'", "null", "true", "duration('1h')", "加"]


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(NAMES + SIGNS + LITERALS), max_size=25).map(" ".join)))
def test_any_text_is_an_expression_or_an_expression_error(text: str) -> None:
    with suppress(ExpressionError):
        to_json_value(Expression(text).evaluate({"item": ITEM, "event": {}}))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=6,
)
OPERATORS = ["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "in", "&&", "||"]
FUNCTIONS = ["int", "double", "string", "bytes", "bool", "type", "timestamp", "duration", "money", "size"]
METHODS = ["contains", "startsWith", "endsWith", "matches", "getHours"]
TEXTS = [
    *(f"item.a {operator} item.b" for operator in OPERATORS),
    *(f"{function}(item.a)" for function in FUNCTIONS),
    *(f"item.a.{method}(item.b)" for method in METHODS),
    "-item.a",
    "item.a[item.b]",
    "item.a.all(x, x == item.b)",
    "item.a.map(x, [x, item.b])",
    "{item.a: item.b}",
    "money(item.a) + money(item.b)",
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TEXTS), json_values, json_values)
def test_the_function_raises_nothing_but_expression_errors(text: str, a: Any, b: Any) -> None:
    with suppress(ExpressionError):
        to_json_value(Expression(text).function({"a": a, "b": b}, None, None))


CODES = [
    *("argument_count", "conversion", "data_too_deep", "divide_by_zero", "duplicate_key", "duration", "escape", "index", "money"),
    *("money_as_text", "no_such_field", "no_such_key", "no_such_overload", "not_an_object", "overflow", "pattern", "syntax"),
    *("time_zone", "timestamp", "too_costly", "too_deep", "too_long", "unknown_function", "unknown_name", "unsupported", "utf8"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_each_problem_says_what_is_wrong_and_what_to_do(code: str, language: str) -> None:
    what, do = problem_sentences(f"expression.{code}", language)
    assert what not in ("", f"expression.{code}")
    assert do
