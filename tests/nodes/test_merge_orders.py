"""Which orders share a parcel, which never do, and what becomes of their money and their notes."""

from __future__ import annotations

from typing import Any

import pytest

from nodes.rule.merge_orders import merge_orders

from .parcels import RECEIVER, batch, line, order


def groups(*orders: dict[str, Any], **params: Any) -> list[tuple[str, list[str]]]:
    """Port and source numbers of what leaves."""
    return [(made.port, [orders[one]["channel_order_id"] for one in made.sources or ()]) for made in batch(merge_orders, orders, **params)]


def test_the_order_that_was_paid_first_leads() -> None:
    late, early = order("A1", paid_at="2026-01-16T05:00:00Z"), order("A2", paid_at="2026-01-16T04:00:00Z")
    (made,) = batch(merge_orders, [late, early])
    assert made.item["channel_order_id"] == "A2"
    assert [one["channel_order_id"] for one in made.item["merged_orders"]] == ["A2", "A1"]
    assert made.sources == (1, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"payment_status": "unpaid"},
        {"payment_status": "deposit_paid"},
        {"presale": True},
        {"hold_reasons": ["presale_unpaid"]},
        {"hold_reasons": ["risk_review"]},
        {"refund_status": "requested"},
        {"payment_status": "partially_refunded"},
        {"lines": [line("1", "SOAP", refund_status="processing")]},
        {"lines": [line("1", "SOAP", presale=True)]},
        {"is_gift": True},
        {"status": "paid_hold"},
        {"status": "shipped"},
        {"invoice": {"title": "示例公司", "tax_no": None}},
        {"invoice": {"title": None, "tax_no": "91000000000000000X"}},
        {"shop_id": "s2"},
        {"channel": "taobao"},
        {"currency": "USD"},
        {"warehouse": "HZ"},
        {"buyer": {"ref": "u2"}},
        {"buyer": {"ref": None}},
        {"receiver": {**RECEIVER, "phone": "19900000506"}},
        {"receiver": {**RECEIVER, "address": "示例大道6号"}},
        {"receiver": {**RECEIVER, "city": "广州市"}},
        {"receiver": {}},
    ],
    ids=str,
)
def test_what_must_not_be_merged_stays_alone(change: dict[str, Any]) -> None:
    assert groups(order("A1"), order("A2", **change)) == [("alone", ["A1"]), ("alone", ["A2"])]


@pytest.mark.parametrize(
    "change",
    [
        {"receiver": {**RECEIVER, "phone": "+86 199-0000-0505"}},
        {"receiver": {**RECEIVER, "address": "示例大道５号"}},
        {"receiver": {**RECEIVER, "name": "测试 乙"}},
        {"hold_reasons": ["merge_wait"]},
        {"refund_status": "closed"},
        {"invoice": None},
    ],
    ids=str,
)
def test_spellings_of_one_receiver_are_one_receiver(change: dict[str, Any]) -> None:
    assert groups(order("A1"), order("A2", **change)) == [("merged", ["A1", "A2"])]


MASKED = {"name": "测**", "phone": "*******0505", "province": "浙江省", "city": "杭州市", "address": "三**镇", "token": "oaid-1"}


def test_a_masked_receiver_is_known_by_the_handle_and_all_the_rest_together() -> None:
    first = order("A1", receiver=MASKED)
    assert groups(first, order("A2", receiver=MASKED)) == [("merged", ["A1", "A2"])]
    for other in ({"token": "oaid-2"}, {"token": None}, {"phone": "*******0506"}, {"city": "宁波市"}):
        assert len(groups(first, order("A2", receiver={**MASKED, **other}))) == 2


def test_a_handle_alone_is_nobody() -> None:
    assert len(groups(*(order(n, buyer={"ref": None}, receiver=MASKED) for n in ("A1", "A2")))) == 2


def test_no_parcel_gets_too_heavy() -> None:
    orders = [order(f"A{n}", line("1", "SOAP"), paid_at=f"2026-01-16T03:00:0{n}Z") for n in range(1, 6)]
    assert groups(*orders, max_grams=1000, grams={"SOAP": 400}) == [("merged", ["A1", "A2"]), ("merged", ["A3", "A4"]), ("alone", ["A5"])]


def test_an_order_of_unknown_weight_is_alone_where_weight_counts() -> None:
    orders = [order("A1", line("1", "SOAP")), order("A2", line("1", "CUP")), order("A3", line("1", "SOAP", weight_grams=1))]
    assert groups(*orders, max_grams=1000, grams={"SOAP": 400}) == [("merged", ["A1", "A3"]), ("alone", ["A2"])]


def test_an_amount_that_one_of_them_does_not_know_is_unknown() -> None:
    unknown = order("A2")
    unknown["amount"] = {**unknown["amount"], "tax": None}
    (made,) = batch(merge_orders, [order("A1"), unknown])
    assert made.item["amount"]["tax"] is None
    assert made.item["amount"]["paid"] == "20.00"


def test_notes_tags_priority_and_the_promised_time_of_all_count() -> None:
    first = order("A1", note={"buyer": "轻放", "seller": None}, tags=["own_shop"], priority="normal", ship_by_at="2026-01-18T00:00:00Z")
    second = order("A2", note={"buyer": "加急", "seller": "VIP"}, tags=["urgent"], priority="high", ship_by_at="2026-01-17T00:00:00Z")
    (made,) = batch(merge_orders, [first, second])
    assert made.item["note"] == {"buyer": "轻放\n加急", "seller": "VIP"}
    assert (made.item["tags"], made.item["priority"], made.item["ship_by_at"]) == (["own_shop", "urgent"], "high", "2026-01-17T00:00:00Z")


def test_the_older_of_two_versions_counts_for_nothing_whatever_their_order() -> None:
    old, new = order("A1"), order("A1", line("1", "SOAP", 2), version="2026-01-16T04:00:00Z")
    for orders in ([old, new, order("A2")], [new, old, order("A2")]):
        by_port = {made.port: made.item for made in batch(merge_orders, orders)}
        assert by_port["superseded"] == old
        assert [one["qty"] for one in by_port["merged"]["lines"]] == [2, 1]


def test_a_parcel_that_is_merged_again_still_names_every_source() -> None:
    (made,) = batch(merge_orders, [order("A1"), order("A2")])
    (again,) = batch(merge_orders, [made.item, order("A3")])
    assert [one["channel_order_id"] for one in again.item["merged_orders"]] == ["A1", "A2", "A3"]
    assert [one["from_order"] for one in again.item["lines"]] == ["A1", "A2", "A3"]


@pytest.mark.parametrize(
    "odd", [{"lines": None}, {"lines": ["x"]}, {"buyer": None}, {"receiver": "x"}, {"amount": None}, {"note": 1}], ids=str
)
def test_an_odd_order_is_no_crash_and_is_not_lost(odd: dict[str, Any]) -> None:
    assert sum(len(found) for _, found in groups(order("A1"), order("A2", **odd))) == 2
