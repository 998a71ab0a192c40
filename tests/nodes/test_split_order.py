"""What goes into which part of an order, what the parts cost, and what nobody can decide."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from nodes.rule.split_order import SplitOrder, split_order

from .parcels import adds_up, amount, line, order, sent

TWO = {"warehouses": {"SOAP": "SZ", "CUP": "HZ"}}


def parts(item: dict[str, Any], **params: Any) -> list[dict[str, Any]]:
    return [made for port, made in sent(split_order, item, **params) if port == "part"]


def goods(item: dict[str, Any]) -> list[tuple[str, int]]:
    return [(one["sku_code"], one["qty"]) for one in item["lines"]]


def test_the_parts_have_numbers_of_their_own_and_name_their_order() -> None:
    made = parts(order("A1", line("1", "SOAP"), line("2", "CUP")), **TWO)
    assert [one["channel_order_id"] for one in made] == ["A1-1", "A1-2"]
    assert {one["parent_channel_order_id"] for one in made} == {"A1"}
    assert [one["warehouse"] for one in made] == ["SZ", "HZ"]
    assert made[1]["part"] == {"of_order": "A1", "number": 2, "of": 2, "warehouse": "HZ", "presale": None}


def test_a_line_that_says_where_it_lies_is_believed_before_the_table() -> None:
    made = parts(order("A1", line("1", "SOAP", warehouse="BJ"), line("2", "CUP")), **TWO)
    assert [one["warehouse"] for one in made] == ["BJ", "HZ"]


def test_bound_lines_are_never_split() -> None:
    ((port, made),) = sent(split_order, order("A1", line("1", "SOAP", bound_to="set"), line("2", "CUP", bound_to="set")), **TWO)
    assert (port, made["warehouse"]) == ("whole", "SZ")


def test_a_gift_of_unknown_place_goes_with_the_first_line() -> None:
    item = order("A1", line("0", "GIFT", price="0.00", is_gift=True), line("1", "CUP"), line("2", "SOAP"))
    assert [goods(one) for one in parts(item, **TWO)] == [[("GIFT", 1), ("CUP", 1)], [("SOAP", 1)]]


def test_presale_lines_go_apart() -> None:
    item = order("A1", line("1", "SOAP"), line("2", "CUP", presale=True), line("3", "SOAP", status="pending_payment"))
    made = parts(item, by=["presale"])
    assert [goods(one) for one in made] == [[("SOAP", 1)], [("CUP", 1), ("SOAP", 1)]]
    assert [one["part"]["presale"] for one in made] == [False, True]


def test_no_part_is_heavier_than_the_limit_and_a_line_may_be_cut() -> None:
    item = order("A1", line("1", "SOAP", 5, "1.00", "3.33"), line("2", "CUP", 1))
    made = parts(item, by=["weight"], max_grams=1000, grams={"SOAP": 400, "CUP": 300})
    assert [goods(one) for one in made] == [[("SOAP", 2)], [("SOAP", 2)], [("SOAP", 1), ("CUP", 1)]]
    assert [one["lines"][0]["paid_share"] for one in made] == ["1.33", "1.33", "0.67"]


def test_one_piece_that_is_too_heavy_goes_alone() -> None:
    made = parts(order("A1", line("1", "SOAP"), line("2", "DESK", 2)), by=["weight"], max_grams=1000, grams={"SOAP": 1, "DESK": 5000})
    assert [goods(one) for one in made] == [[("SOAP", 1)], [("DESK", 1)], [("DESK", 1)]]


def test_bound_lines_weigh_as_one() -> None:
    item = order("A1", line("1", "SOAP", 2, bound_to="b"), line("2", "CUP"), line("3", "SOAP", bound_to="b"))
    made = parts(item, by=["weight"], max_grams=1000, grams={"SOAP": 300, "CUP": 200})
    assert [goods(one) for one in made] == [[("SOAP", 2), ("SOAP", 1)], [("CUP", 1)]]


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"warehouses": {"SOAP": "SZ"}}, "no_warehouse"),
        ({"by": ["weight"], "max_grams": 1000, "grams": {"SOAP": 0}}, "no_weight"),
        ({"by": ["weight"], "max_grams": 1, "grams": {"SOAP": 1, "CUP": 1}}, "too_many_parts"),
    ],
)
def test_what_nobody_can_decide_is_left_as_it_is(params: dict[str, Any], why: str) -> None:
    item = order("A1", line("1", "SOAP", 10**6), line("2", "CUP"))
    assert sent(split_order, item, **params) == [("undecided", {**item, "undecided": why})]


def test_discounts_go_with_the_lines_that_bear_them() -> None:
    made = parts(order("A1", line("1", "SOAP", 1, "50.00", "50.00"), line("2", "CUP", 1, "50.00", "40.00")), **TWO)
    assert [one["amount"]["discount_seller"] for one in made] == ["0.00", "10.00"]
    assert [one["amount"]["paid"] for one in made] == ["50.00", "40.00"]


def test_two_kinds_of_discount_are_both_dealt_out_to_the_cent() -> None:
    item = order("A1", line("1", "SOAP", 1, "10.00", "9.97"), line("2", "CUP", 1, "20.00", "19.96"))
    item["amount"] = {**item["amount"], "discount_seller": "0.04", "discount_platform": "0.03"}
    made = parts(item, **TWO)
    assert all(adds_up(one) for one in made)
    assert [amount(one, "paid") for one in made] == [
        amount({"amount": {"paid": "9.97"}}, "paid"),
        amount({"amount": {"paid": "19.96"}}, "paid"),
    ]


def test_shipping_is_dealt_out_by_value_or_borne_by_the_first_part() -> None:
    item = order("A1", line("1", "SOAP", 1, "10.00"), line("2", "CUP", 1, "20.00"), shipping="10.00")
    assert [one["amount"]["shipping"] for one in parts(item, **TWO)] == ["3.33", "6.67"]
    assert [one["amount"]["shipping"] for one in parts(item, **TWO, shipping="first")] == ["10.00", "0.00"]


def test_an_order_whose_amounts_do_not_add_up_is_dealt_out_all_the_same_and_never_rebalanced() -> None:
    item = order("A1", line("1", "SOAP", 1, "10.00"), line("2", "CUP", 1, "20.00"))
    item["amount"] = {**item["amount"], "paid": "25.00", "items": "31.00", "discount_platform": None}
    made = parts(item, **TWO)
    assert [sum(amount(one, name) for one in made) for name in ("paid", "items")] == [25, 31]
    assert {one["amount"]["discount_platform"] for one in made} == {None}


def test_yen_have_no_cents() -> None:
    item = order("A1", line("1", "SOAP", 1, "500"), line("2", "CUP", 1, "500"), shipping="101", tax="0", currency="JPY")
    item["amount"] = {"items": "1000", "discount_seller": "0", "discount_platform": "0", "shipping": "101", "tax": "0", "paid": "1101"}
    assert [one["amount"]["paid"] for one in parts(item, **TWO)] == ["551", "550"]


def test_splitting_by_weight_needs_a_limit() -> None:
    with pytest.raises(ValidationError):
        SplitOrder(by=("weight",))


@pytest.mark.parametrize("lines", [[], None, [line("1", "SOAP", qty=0)]])
def test_an_order_without_goods_stays_whole(lines: Any) -> None:
    item = {**order(), "lines": lines}
    assert [port for port, _ in sent(split_order, item, by=["presale"])] == ["whole"]
