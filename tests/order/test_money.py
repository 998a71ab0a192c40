from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import NodeError
from engine.order.money import allocate, format_money, parse_money, round_money, scale_of, sum_money

CURRENCIES = ("CNY", "USD", "JPY", "KWD")


@pytest.mark.parametrize(
    ("text", "currency", "minor"), [("301.60", "CNY", 30160), ("10030", "JPY", 10030), ("1.234", "KWD", 1234), ("-0.5", "EUR", -50)]
)
def test_an_amount_has_the_scale_of_its_currency(text: str, currency: str, minor: int) -> None:
    assert int(parse_money(text, currency).scaleb(scale_of(currency))) == minor


def test_a_json_number_read_as_decimal_multiplies_exactly() -> None:
    assert format_money(parse_money(Decimal("29.9"), "CNY") * 3, "CNY") == "89.70"


@pytest.mark.parametrize(
    "value", [29.9, True, None, "", "1,234.00", "12.345", "1e3", "NaN", Decimal("NaN"), Decimal("Infinity"), "９", "1" * 40, []]
)
def test_what_is_no_exact_amount_is_refused(value: object) -> None:
    with pytest.raises(NodeError) as caught:
        parse_money(value, "CNY", path="payment")
    assert caught.value.problem.code == "money.invalid"
    assert caught.value.problem.fields == {"path": "payment", "currency": "CNY"}


def test_zeros_beyond_the_scale_are_not_decimals() -> None:
    assert format_money(parse_money("1000.00", "JPY"), "JPY") == "1000"


def test_minus_nothing_is_nothing() -> None:
    assert format_money(parse_money("-0.00", "CNY"), "CNY") == "0.00"


@pytest.mark.parametrize("currency", ["", "cny", "RENMINBI", "¥"])
def test_a_currency_is_a_code_of_three_letters(currency: str) -> None:
    with pytest.raises(NodeError) as caught:
        parse_money("1", currency)
    assert caught.value.problem.code == "currency.invalid"


def test_a_derived_figure_is_rounded_half_away_from_zero() -> None:
    assert (round_money(Decimal("0.125"), "CNY"), round_money(Decimal("-0.125"), "CNY")) == (Decimal("0.13"), Decimal("-0.13"))


def test_the_largest_remainders_get_the_left_over_units() -> None:
    assert allocate(Decimal("10.00"), [1, 1, 1], "CNY") == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]


def test_nothing_weighs_the_same() -> None:
    assert allocate(Decimal(3), [0, 0], "JPY") == [Decimal(2), Decimal(1)]


@settings(max_examples=100, deadline=None)
@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 10**9), min_size=1, max_size=20),
    st.sampled_from(CURRENCIES),
)
def test_shares_add_up_to_the_total(minor: int, weights: list[int], currency: str) -> None:
    total = Decimal(minor).scaleb(-scale_of(currency))
    shares = allocate(total, weights, currency)
    assert sum_money(shares) == total
    assert all(
        abs(share * sum(weights) - total * weight) <= sum(weights) * Decimal(1).scaleb(-scale_of(currency))
        for share, weight in zip(shares, weights, strict=True)
    ) or not any(weights)


@settings(max_examples=100, deadline=None)
@given(st.integers(-(10**15), 10**15), st.sampled_from(CURRENCIES))
def test_reading_what_was_written_changes_nothing(minor: int, currency: str) -> None:
    amount = Decimal(minor).scaleb(-scale_of(currency))
    assert parse_money(format_money(amount, currency), currency) == amount
