from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.expression import Expression, ExpressionError, MoneyValue

amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


def result(text: str, **item: Any) -> Any:
    return Expression(text).evaluate({"item": item})


@settings(max_examples=100, deadline=None)
@given(amounts, amounts, st.integers(-1000, 1000))
def test_money_is_exact(a: Decimal, b: Decimal, n: int) -> None:
    item = {"a": str(a), "b": str(b), "n": n}
    assert result("money(item.a) + money(item.b) - 1", **item) == a + b - 1
    assert result("-money(item.a) * item.n", **item) == -a * n
    assert result("[money(item.a) < money(item.b), money(item.a) >= money(item.b), money(item.a) == money(item.b)]", **item) == [
        a < b,
        a >= b,
        a == b,
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("string(money('1.50') + money('2'))", "3.50"),
        ("string(money('-0.00'))", "0.00"),
        ("string(-money('0.00'))", "0.00"),
        ("string(money('0.0000001') * 3)", "0.0000003"),
        ("string(money(item.fraction))", "19.90"),
        ("string(money(7))", "7"),
        ("type(money('1')) == money", True),
        ("money('1.0') == money('1.00') && money('1.00') == 1 && money('1.50') > 1", True),
        ("money('1') == null", False),
        ("money('1') in [1, 2]", True),
        ("[money('1')] == [money('1.00')]", True),
        ("money(money('1.10')) == money('1.1')", True),
    ],
)
def test_money_keeps_scale_and_meets_whole_numbers(text: str, value: object) -> None:
    assert result(text, fraction=Decimal("19.90")) == value


@pytest.mark.parametrize(
    "text",
    [
        "money('1') > 1.0",
        "money('1') == '1'",
        "money('1') == 1.0",
        "money('1') > '1'",
        "money('1') + 1.0",
        "money('1') + '1'",
        "money('1') * money('1')",
        "money('1') / 2",
        "money('1') in ['1']",
        "money(1.5)",
        "money(true)",
        "money(null)",
    ],
)
def test_money_never_meets_a_double_or_text(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"expression\.no_such_overload"):
        result(text)


@pytest.mark.parametrize("text", ["", " 1", "1,000.00", "1e3", "NaN", "Infinity", "1_0", "+1", ".5", "5.", "１２", "1.2.3", "¥1", "1\n"])
def test_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"expression\.money "):
        result("money(item.a)", a=text)


@pytest.mark.parametrize("number", [10**80, Decimal("1e80"), Decimal("1e-80"), Decimal("9" * 70)])
def test_a_number_beyond_all_money_is_refused(number: int | Decimal) -> None:
    with pytest.raises(ExpressionError, match=r"expression\.money "):
        result("money(item.a)", a=number)


def test_a_result_of_money_is_a_decimal_of_its_own_type() -> None:
    assert isinstance(result("money('1') + 1"), MoneyValue)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('item.amount.paid > "100"', ["item.amount.paid"]),
        ('"100" <= item["amount"].paid', ["item.amount.paid"]),
        ("item.amount.paid >= 100", ["item.amount.paid"]),
        ("item.amount.paid < item.amount.goods", ["item.amount.goods", "item.amount.paid"]),
        ('item.lines.exists(l, l.price > "5" || l.qty > 1)', ["item.lines[].price"]),
        ('(item.vip ? item.amount.paid : item.amount.goods) > "1"', ["item.amount.goods", "item.amount.paid"]),
        ('money(item.amount.paid) > money("100")', []),
        ('item.amount.paid == "100.00"', []),
        ('item.note > "1"', []),
    ],
)
def test_ordering_money_as_text_is_a_problem(text: str, paths: list[str]) -> None:
    problems = Expression(text).check_money({"item.amount.paid", "item.amount.goods", "item.lines[].price"})
    assert [(problem.code, problem.fields["path"]) for problem in problems] == [("expression.money_as_text", path) for path in paths]
