"""An evaluation ends: its steps are counted, and what it builds is bounded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine.expression import Expression, ExpressionError, to_json_value
from engine.expression.cost import MOST_CHARACTERS, MOST_ELEMENTS, MOST_STEPS

TEXT = "x" * 1_000_000
ITEM: dict[str, Any] = {
    "few": [1, 2, 3],
    "l": list(range(300)),
    "thousand": list(range(1000)),
    "exact": [0] * MOST_STEPS,
    "pairs": [[n, n] for n in range(20_000)],
    "words": [f"w{n}" for n in range(5000)],
    "s": TEXT,
    "t": TEXT[:-1] + "y",
    "b": TEXT.encode(),
}


def evaluated(text: str) -> object:
    return Expression(text).evaluate({"item": ITEM})


def refused(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as raised:
        evaluated(text)
    return raised.value


@pytest.mark.parametrize(
    "text",
    [
        "item.l.all(a, item.l.all(b, item.l.all(c, item.l.all(d, a+b+c+d >= 0))))",
        "item.l.map(a, item.l.map(b, item.l.map(c, item.s+item.s)))",
        "item.l.exists(a, item.l.exists(b, item.l.exists(c, a+b+c < 0)))",
        "item.l.exists_one(a, item.l.exists_one(b, item.l.exists_one(c, a+b+c < 0)))",
        "item.l.map(a, true, item.l.filter(b, item.l.filter(c, true) == []))",
        "item.l.filter(a, item.l.filter(b, item.l.filter(c, true) == []) == [])",
        "{'a': 1}.all(k, item.l.all(a, item.l.all(b, item.l.all(c, true))))",
    ],
)
def test_loops_inside_loops_end(text: str) -> None:
    assert refused(text).code == "expression.too_costly"


@pytest.mark.parametrize(
    "text",
    [
        "item.thousand.all(a, item.pairs == item.pairs)",
        "item.thousand.all(a, item.pairs != [[a]] + item.pairs)",
        "item.thousand.all(a, !(item.s in item.words))",
        "item.thousand.all(a, item.s != item.t)",
        "item.thousand.all(a, !item.s.matches('zz+y'))",
        "item.thousand.all(a, !'ab'.matches(string(a) + '(c{90}){9}'))",
        "item.thousand.all(a, !item.s.contains('zz'))",
        "item.thousand.all(a, !item.s.startsWith(item.t))",
        "item.thousand.all(a, bytes(item.s) == item.b)",
        "item.thousand.map(a, item.s)",
        "item.thousand.map(a, item.l).map(a, a.map(b, item.words))",
        f"item.thousand.map(a, [{', '.join(['a'] * 2000)}])",
        f"[{', '.join(['item.s'] * 400)}]",
        "[" + ", ".join(["item.s + 'x'"] * 100) + "]",
        " && ".join(["item.pairs == item.pairs"] * 200),
    ],
)
def test_work_on_much_data_is_paid_by_its_size(text: str) -> None:
    assert refused(text).code == "expression.too_costly"


def test_a_loop_may_take_every_step_that_there_is_and_no_more() -> None:
    assert evaluated("item.exact.all(x, x == 0)") is True
    assert refused("item.few.all(y, true) && item.exact.all(x, x == 0)").code == "expression.too_costly"


def test_elements_that_are_not_looked_at_cost_nothing() -> None:
    assert evaluated("item.l.all(a, item.thousand.exists(b, b == a))") is True


def test_a_long_body_costs_more_than_a_short_one() -> None:
    long = " && ".join(["x >= 0"] * 120)
    assert evaluated("item.thousand.all(x, item.few.all(y, x >= 0))") is True
    assert refused(f"item.thousand.all(x, item.few.all(y, {long}))").code == "expression.too_costly"


@pytest.mark.parametrize(
    "text",
    [
        "{} || true",
        "true && {} || true",
        "!({} && false)",
        "item.few.exists(x, {})",
        "item.few.exists(x, x == 3 || {})",
        "!item.few.all(x, {} && x == 7)",
        "(item.nope || {}) || true",
        "item.few.filter(x, {} || true).size() == 3",
    ],
)
def test_nothing_absorbs_it(text: str) -> None:
    costly = "item.l.all(a, item.l.all(b, item.l.all(c, true)))"
    assert refused(text.format(costly)).code == "expression.too_costly"


@pytest.mark.parametrize("text", ["item.s + item.t + item.s", "item.b + item.b", "item.exact + item.few"])
def test_what_is_joined_is_bounded(text: str) -> None:
    assert refused(text).code == "expression.too_costly"
    assert refused(f"({text}) == item.s || true").code == "expression.too_costly"


def test_what_is_joined_may_be_as_long_as_the_limit() -> None:
    half = {"s": "x" * (MOST_CHARACTERS // 2), "l": [0] * (MOST_ELEMENTS // 2)}
    assert len(Expression("item.s + item.s").evaluate({"item": half})) == MOST_CHARACTERS  # pyright: ignore[reportArgumentType]
    assert len(Expression("item.l + item.l").evaluate({"item": half})) == MOST_ELEMENTS  # pyright: ignore[reportArgumentType]


def test_a_result_with_one_list_in_it_many_times_is_refused_before_it_is_written() -> None:
    item = {"l": list(range(5000)), "s": "x" * 5000}
    for text in ("item.l.map(x, item)", "{'a': item.l.map(x, item)}", "item.s == '' ? 'a' : item.l.map(x, [item.l])"):
        with pytest.raises(ExpressionError) as raised:
            to_json_value(Expression(text).evaluate({"item": item}))
        assert raised.value.code == "expression.too_costly"


def test_the_error_stands_where_the_steps_ran_out() -> None:
    error = refused("item.few.size() > 0 &&\n  item.l.all(a, item.exact.all(b, true))")
    assert (error.line, error.column, error.problem.fields["limit"]) == (2, 28, MOST_STEPS)


def test_each_evaluation_has_steps_of_its_own_on_every_thread() -> None:
    expression = Expression("item.l.all(a, item.l.all(b, a + b >= 0))")  # 90,300 steps

    def many(_: int) -> list[object]:
        return [expression.evaluate({"item": ITEM}) for _ in range(3)]

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(many, range(8))) == [[True] * 3] * 8


def test_the_same_data_always_end_at_the_same_step() -> None:
    limits = []
    for size in range(310, 320):
        try:
            Expression("item.all(a, item.all(b, true))").evaluate({"item": [0] * size})
            limits.append(size)
        except ExpressionError:
            break
    assert limits[-1] == 315  # 315 + 315 × 315 = 99,540


@pytest.mark.parametrize("text", ['money(item.p) >= money("500") && item.s == "x"', "item.a + item.b > 3", "item.lines[0].qty == item.n"])
def test_what_has_no_loop_and_is_short_is_not_counted(text: str) -> None:
    assert "budget" not in Expression(text).function.__code__.co_varnames
