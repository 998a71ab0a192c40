"""The gift rule that counts who is among the first: what it asks, and that within a batch it gives what the first version gave."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.errors import NodeError
from engine.testing import FakeContext
from nodes.rule import add_gifts_1
from nodes.rule.add_gifts import add_gifts

from .parcels import batch, line, order

SPRING = {"name": "spring", "sku": "GIFT-TOWEL"}


def given_by(context: FakeContext, orders: Sequence[dict[str, Any]], **campaign: Any) -> list[str]:
    params = add_gifts.params.model_validate({"campaigns": [{**SPRING, **campaign}]})
    made = asyncio.run(add_gifts.function(orders, params, context))
    return [one.item["channel_order_id"] for one in made if one.port == "given"]


def test_a_campaign_without_a_limit_asks_nobody() -> None:
    context = FakeContext()
    assert given_by(context, [order("A1"), order("A2")]) == ["A1", "A2"]
    assert context.requests == []


def test_only_what_deserves_the_gift_takes_a_place_and_those_paid_first_take_theirs_first() -> None:
    context = FakeContext([{"places": [1, 0]}])
    later = order("A1", line("1", "SOAP", 1, "300.00"), paid_at="2026-01-16T09:00:00Z")
    orders = [later, order("A2", line("1", "SOAP", 1, "299.99")), order("A3", line("1", "SOAP", 1, "300.00"))]
    assert given_by(context, orders, threshold="300", first=1) == ["A3"]
    (asked,) = context.requests
    assert asked["orders"] == [["own_shop", "s1", "A3"], ["own_shop", "s1", "A1"]]


def test_a_later_batch_finds_the_places_taken_and_a_new_version_of_an_order_has_its_own() -> None:
    context = FakeContext()
    assert given_by(context, [order("A1")], first=1) == ["A1"]
    assert given_by(context, [order("A2")], first=1) == []
    assert given_by(context, [order("A1", version="2026-01-16T05:00:00Z"), order("A2")], first=1) == ["A1"]


def test_an_order_that_deserves_nothing_any_more_keeps_its_place_for_later() -> None:
    context = FakeContext()
    assert given_by(context, [order("A1")], first=1) == ["A1"]
    assert given_by(context, [order("A1", status="paid_hold")], first=1) == []
    assert given_by(context, [order("A2")], first=1) == []
    assert given_by(context, [order("A1", version="2026-01-16T06:00:00Z")], first=1) == ["A1"]


def test_an_order_without_a_number_cannot_be_counted() -> None:
    with pytest.raises(NodeError) as caught:
        given_by(FakeContext(), [order("")], first=1)
    assert caught.value.problem.code == "order.missing_field"


orders = some.lists(
    some.tuples(some.sampled_from(["A1", "A2", "A3", "A4", "A5"]), some.integers(0, 9), some.sampled_from(["10.00", "300.00"])), max_size=8
)


@given(orders, some.integers(1, 5))
def test_within_one_batch_the_same_orders_get_it_as_by_the_first_version(rows: list[tuple[str, int, str]], first: int) -> None:
    items = [order(number, line("1", "SOAP", 1, price), paid_at=f"2026-01-16T03:04:0{at}Z") for number, at, price in rows]
    campaign = {"threshold": "300", "first": first}
    before = batch(add_gifts_1.add_gifts, items, campaigns=[{**SPRING, **campaign}])
    assert given_by(FakeContext(), items, **campaign) == [one.item["channel_order_id"] for one in before if one.port == "given"]
