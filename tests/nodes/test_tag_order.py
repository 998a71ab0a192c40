from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from engine.errors import NodeError
from engine.sdk import Scope
from nodes.rule.tag_order import TagOrderParams, tag_order

ARRIVED = Scope(event={"received_at": datetime(2026, 1, 15, 16, 0, tzinfo=UTC)})


def tag(item: dict[str, Any], scope: Scope | None = None, **params: Any) -> tuple[list[str], str]:
    found = tag_order.function(item, TagOrderParams(**params), scope or Scope())
    return found["tags"], found["priority"]


def paid(amount: str, currency: str = "CNY") -> dict[str, Any]:
    return {"channel": "taobao", "currency": currency, "amount": {"paid": amount}}


@pytest.mark.parametrize(("amount", "priority"), [("499.99", "normal"), ("500.00", "high"), ("1000.00", "high")])
def test_an_order_is_high_from_the_amount_on(amount: str, priority: str) -> None:
    assert tag(paid(amount))[1] == priority


def test_amounts_compare_as_numbers() -> None:
    assert tag(paid("1000.00"), high_from="99.5")[1] == "high"


def test_the_amount_rule_can_be_left_out() -> None:
    assert tag(paid("9999.00"), high_from=None) == (["taobao"], "normal")


def test_a_float_is_no_amount() -> None:
    with pytest.raises(ValidationError):
        TagOrderParams(high_from=500.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("note", [{"buyer": "URGENT please"}, {"seller": "客户要求加急"}])
def test_a_keyword_in_either_note_makes_an_order_urgent(note: dict[str, str]) -> None:
    assert tag({"channel": "shopify", "note": note}) == (["shopify", "urgent"], "high")


@pytest.mark.parametrize(
    ("due", "tags"),
    [
        ("2026-01-16T15:59:59Z", ["taobao", "ship_soon"]),
        ("2026-01-16T16:00:01Z", ["taobao"]),
        ("2026-01-15T01:00:00Z", ["taobao", "ship_soon"]),
        (None, ["taobao"]),
    ],
)
def test_a_promise_that_is_near_when_the_order_arrives_makes_it_high(due: str | None, tags: list[str]) -> None:
    assert tag({"channel": "taobao", "ship_by_at": due}, ARRIVED, ship_within_hours=24)[0] == tags


def test_without_a_time_of_arrival_no_promise_is_near() -> None:
    assert tag({"channel": "taobao", "ship_by_at": "2026-01-15T01:00:00Z"}, ship_within_hours=24) == (["taobao"], "normal")


def test_tagging_twice_changes_nothing() -> None:
    first = tag_order.function(paid("800.00"), TagOrderParams(), Scope())
    assert tag_order.function(first, TagOrderParams(), Scope()) == first


def test_an_amount_that_cannot_be_read_is_a_problem() -> None:
    with pytest.raises(NodeError) as caught:
        tag(paid("much"))
    assert caught.value.problem.code == "money.invalid"
