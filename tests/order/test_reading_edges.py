"""Ids that a number has damaged."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.errors import NodeError
from engine.order.reading import Findings, Source


def code(value: object) -> str:
    with pytest.raises(NodeError) as caught:
        Source({"id": value}, Findings()).required("id")
    return caught.value.problem.code


@pytest.mark.parametrize("value", [Decimal("4.0126E+18"), Decimal("4012600000000000010.0")])
def test_a_long_id_with_a_point_or_exponent_has_lost_digits_and_is_refused(value: Decimal) -> None:
    assert code(value) == "order.wrong_type"


@pytest.mark.parametrize("value", [Decimal("1001.0"), Decimal("1E3"), Decimal("4012600000000000010")])
def test_an_id_whose_digits_are_all_there_is_taken(value: Decimal) -> None:
    assert Source({"id": value}, Findings()).required("id") == str(int(value))


@pytest.mark.parametrize("value", [0, "0"])
def test_zero_is_no_order_number(value: object) -> None:
    assert code(value) == "order.missing_field"
