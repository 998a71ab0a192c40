"""Who gets a gift: by amount, time, goods, channel, and who was first."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from nodes.rule.add_gifts_1 import AddGifts, add_gifts

from .parcels import batch, line, order

SPRING = {"name": "spring", "sku": "GIFT-TOWEL"}


def winners(*orders: dict[str, Any], **campaign: Any) -> list[str]:
    made = batch(add_gifts, orders, campaigns=[{**SPRING, **campaign}])
    return [one.item["channel_order_id"] for one in made if one.port == "given"]


def paid(number: str, price: str, **more: Any) -> dict[str, Any]:
    return order(number, line("1", "SOAP", 1, price), **more)


def test_from_the_threshold_on_and_not_a_cent_below() -> None:
    assert winners(paid("A1", "299.99"), paid("A2", "300.00"), paid("A3", "1000.00"), threshold="300") == ["A2", "A3"]


def test_the_span_of_a_campaign_has_its_first_moment_and_not_its_last() -> None:
    orders = [
        paid(f"A{n}", "1.00", paid_at=at) for n, at in enumerate(["2026-01-15T15:59:59Z", "2026-01-15T16:00:00Z", "2026-01-16T16:00:00Z"])
    ]
    assert winners(*orders, since="2026-01-16T00:00:00+08:00", until="2026-01-17T00:00:00+08:00") == ["A1"]


def test_an_order_without_any_time_is_in_no_span() -> None:
    assert winners(paid("A1", "1.00", paid_at=None, created_at=None), since="2026-01-16T00:00:00Z") == []


def test_only_what_was_really_bought_counts() -> None:
    bought = {"bought": ["SOAP"]}
    assert winners(order("A1", line("1", "SOAP")), **bought) == ["A1"]
    for odd in (
        line("1", "CUP"),
        line("1", "SOAP", is_gift=True),
        line("1", "SOAP", 0),
        line("1", "SOAP", refund_status="requested"),
        line("1", "SOAP", refund_status="succeeded"),
    ):
        assert winners(order("A1", odd), **bought) == [], odd


@pytest.mark.parametrize(
    "change",
    [{"status": "cancelled"}, {"status": "unknown"}, {"payment_status": "unpaid"}, {"payment_status": "refunded"}, {"currency": "USD"}],
    ids=str,
)
def test_nothing_for_what_is_not_paid_not_to_ship_or_in_other_money(change: dict[str, Any]) -> None:
    assert winners(order("A1", **change)) == []


def test_the_first_so_many_are_those_that_were_paid_first_and_the_number_decides_between_equals() -> None:
    orders = [paid("A3", "1.00"), paid("A2", "1.00"), paid("A1", "1.00", paid_at="2026-01-16T03:04:06Z")]
    assert winners(*orders, first=1) == ["A2"]
    assert sorted(winners(*orders, first=2)) == ["A2", "A3"]


def test_who_has_the_gift_already_counts_among_the_first() -> None:
    (had,) = batch(add_gifts, [paid("A9", "1.00", paid_at="2026-01-16T09:00:00Z")], campaigns=[SPRING])
    assert winners(had.item, paid("A1", "1.00"), paid("A2", "1.00"), first=2) == ["A1"]


def test_two_versions_of_one_order_are_one_of_the_first() -> None:
    again = paid("A1", "1.00", version="2026-01-16T05:00:00Z")
    assert winners(paid("A1", "1.00"), again, paid("A2", "1.00"), first=1) == ["A1", "A1"]


def test_an_order_may_get_the_gifts_of_two_campaigns_and_its_money_stays_as_it_is() -> None:
    item = paid("A1", "10.00")
    (made,) = batch(add_gifts, [item], campaigns=[SPRING, {"name": "vip", "sku": "GIFT-CUP", "qty": 2}])
    gifts = made.item["lines"][1:]
    assert [(one["sku_code"], one["qty"], one["unit_price"], one["paid_share"], one["is_gift"]) for one in gifts] == [
        ("GIFT-TOWEL", 1, "0.00", "0.00", True),
        ("GIFT-CUP", 2, "0.00", "0.00", True),
    ]
    assert made.item["amount"] == item["amount"]


def test_a_channel_of_the_campaign_only() -> None:
    assert winners(order("A1"), order("A2", channel="taobao"), channels=["taobao"]) == ["A2"]


@pytest.mark.parametrize(
    "campaign", [{"since": "2026-01-16"}, {"until": "soon"}, {"qty": 0}, {"threshold": 3.5}, {"first": 0}, {"name": "A B"}]
)
def test_a_campaign_that_cannot_be_is_refused(campaign: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AddGifts.model_validate({"campaigns": [{**SPRING, **campaign}]})


def test_two_campaigns_of_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="a name twice"):
        AddGifts.model_validate({"campaigns": [SPRING, SPRING]})
