"""Trades of Taobao as canonical orders: what was paid, and for what."""

from __future__ import annotations

from typing import Any

import pytest

from engine.order.statuses import may_ship
from nodes.connector.taobao.canonical import taobao_order
from tests.nodes.taobao_samples import single, trade, with_lines


def test_a_single_sub_order_may_be_an_object_whose_payment_includes_postage() -> None:
    order = taobao_order(single())
    assert (order["lines"][0]["qty"], order["lines"][0]["paid_share"], order["hold_reasons"]) == (2, "248.00", [])


@pytest.mark.parametrize("fee", [None, "254.00"])
def test_postage_never_counts_as_paid_for_the_goods(fee: str | None) -> None:
    payload = single()
    payload["orders"]["order"]["divide_order_fee"] = fee
    assert taobao_order(payload)["lines"][0]["paid_share"] == "248.00"


def test_a_share_that_is_not_told_follows_from_the_sub_order_s_payment() -> None:
    order = taobao_order(with_lines({"divide_order_fee": None}, {"divide_order_fee": None}))
    assert [line["paid_share"] for line in order["lines"]] == ["238.80", "56.80"]


@pytest.mark.parametrize("changes", [{"payment": "290.00"}, {"total_fee": "300.00"}, {"post_fee": "8.00"}])
def test_amounts_that_do_not_add_up_are_held_and_left_as_they_are(changes: dict[str, str]) -> None:
    order = taobao_order(trade(**changes))
    assert (order["status"], order["hold_reasons"], may_ship(order)) == ("awaiting_fulfillment", ["amount_mismatch"], False)
    assert order["amount"]["paid"] == changes.get("payment", "301.60")


def test_a_promotion_of_a_sub_order_is_not_counted_twice() -> None:
    promotions = [*trade()["promotion_details"]["promotion_detail"], {"id": 4012600000000000011, "discount_fee": "10.00"}]
    assert taobao_order(trade(promotion_details={"promotion_detail": promotions}))["amount"]["discount_seller"] == "21.40"


@pytest.mark.parametrize("details", [None, {}, {"promotion_detail": []}])
def test_without_promotions_the_shares_tell_the_discount_of_the_trade(details: Any) -> None:
    order = taobao_order(trade(promotion_details=details))
    assert (order["amount"]["discount_seller"], order["hold_reasons"]) == ("21.40", [])


def test_a_seller_s_adjustment_is_a_discount() -> None:
    order = taobao_order(
        single(payment="249.00", adjust_fee="-5.00") | {"orders": {"order": {**single()["orders"]["order"], "adjust_fee": "-5.00"}}}
    )
    assert (order["amount"]["discount_seller"], order["hold_reasons"]) == ("15.00", [])


def test_a_subsidy_of_the_platform_is_told_apart() -> None:
    order = taobao_order(trade(platform_subsidy_fee="5.00", payment="296.60"))
    assert (order["amount"]["discount_platform"], order["amount"]["discount_seller"], order["hold_reasons"]) == ("5.00", "21.40", [])


def test_a_line_that_costs_nothing_is_a_gift() -> None:
    gift = {
        **trade()["orders"]["order"][1],
        "oid_str": "9",
        "price": "0.00",
        "payment": "0.00",
        "discount_fee": "0.00",
        "divide_order_fee": "0.00",
        "part_mjz_discount": "0.00",
    }
    order = taobao_order(trade(orders={"order": [*trade()["orders"]["order"], gift]}))
    assert ([line["is_gift"] for line in order["lines"]], order["hold_reasons"]) == ([False, False, True], [])
