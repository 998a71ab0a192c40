"""What is refunded, unpaid or emptied never ships, whatever else the channel says."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from engine.json_text import read_json
from engine.order.model import CanonicalOrder
from engine.order.statuses import may_ship
from nodes.connector.own_shop.canonical import own_shop_order
from nodes.connector.shopify.canonical import shopify_order
from nodes.connector.taobao.canonical import taobao_order

DOMAIN = Path(__file__).parents[1] / "fixtures" / "domain"
TRADE: dict[str, Any] = read_json((DOMAIN / "taobao_trade.json").read_bytes())["multi_sub_order"]["trade_fullinfo_get_response"]["trade"]
ORDER: dict[str, Any] = read_json((DOMAIN / "shopify_order.json").read_bytes())["create"]
EVENT: dict[str, Any] = read_json((DOMAIN / "ownstore_order.json").read_bytes())["created"]


def trade(*refunds: str, **changes: Any) -> dict[str, Any]:
    found = copy.deepcopy(TRADE)
    for line, refund in zip(found["orders"]["order"], refunds, strict=False):
        line["refund_status"] = refund
    return found | changes


def own(line: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    found = copy.deepcopy(EVENT)
    found["data"] |= changes
    found["data"]["lines"][0] |= line or {}
    return found


def shopify(line: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    found = copy.deepcopy(ORDER) | changes
    found["line_items"][0] |= line or {}
    return found


def states(order: dict[str, Any]) -> tuple[str, str, str]:
    CanonicalOrder.model_validate(order)
    return order["status"], order["payment_status"], order["refund_status"]


def test_a_trade_whose_sub_orders_are_all_refunded_is_closed() -> None:
    order = taobao_order(trade("SUCCESS", "SUCCESS"))
    assert (*states(order), may_ship(order)) == ("closed_refunded", "refunded", "succeeded", False)


def test_a_sub_order_that_is_refunded_before_it_was_sent_is_closed_and_the_other_ships() -> None:
    order = taobao_order(trade("SUCCESS"))
    assert ([line["status"] for line in order["lines"]], may_ship(order)) == (["closed_refunded", "awaiting_fulfillment"], True)


@pytest.mark.parametrize("pay_time", [None, "", "0000-00-00 00:00:00"])
def test_cash_on_delivery_ships_unpaid(pay_time: str | None) -> None:
    order = taobao_order(trade(type="cod", pay_time=pay_time))
    assert (*states(order), may_ship(order)) == ("awaiting_fulfillment", "unpaid", "none", True)


@pytest.mark.parametrize("status", ["TRADE_FINISHED", "TRADE_CLOSED", "TRADE_CLOSED_BY_TAOBAO"])
def test_a_trade_that_is_over_waits_for_no_final_payment(status: str) -> None:
    assert taobao_order(trade(status=status, step_trade_status="FRONT_PAID_FINAL_NOPAID"))["hold_reasons"] == []


def test_a_word_in_place_of_a_flag_is_noted_and_holds_nothing() -> None:
    order = taobao_order(trade(seller_flag="red"))
    assert (order["note"]["flag"], order["drift"]) == (None, [{"path": "trade.seller_flag", "kind": "unreadable", "found": None}])


def test_a_discount_that_does_not_explain_the_payment_is_still_told() -> None:
    line = TRADE["orders"]["order"][0] | {"num": 1, "price": "100.00", "discount_fee": "0.00", "part_mjz_discount": "0.00"}
    amounts = {"total_fee": "100.00", "payment": "90.00", "post_fee": "0.00", "discount_fee": "5.00", "promotion_details": None}
    order = taobao_order(trade(orders={"order": line}, **amounts))
    assert (order["amount"]["discount_seller"], order["hold_reasons"]) == ("5.00", ["amount_mismatch"])


@pytest.mark.parametrize(
    ("financial", "reason"),
    [("pending", "payment_pending"), ("authorized", "payment_pending"), ("voided", "payment_pending"), ("refunded", "refund_in_progress")],
)
def test_the_rest_of_a_partial_shipment_waits_when_its_money_is_not_there(financial: str, reason: str) -> None:
    order = shopify_order(shopify(financial_status=financial, fulfillment_status="partial"))
    assert (order["status"], order["hold_reasons"]) == ("partially_shipped", [reason])


def test_an_order_in_which_nothing_is_left_is_cancelled() -> None:
    order = shopify_order(shopify({"current_quantity": 0}))
    assert (order["status"], may_ship(order)) == ("cancelled", False)


def test_a_line_that_tells_nothing_follows_an_order_that_was_shipped() -> None:
    assert shopify_order(shopify(fulfillment_status="fulfilled"))["lines"][0]["status"] == "shipped"


@pytest.mark.parametrize("code", ["usd", " USD "])
def test_a_currency_code_is_known_in_any_spelling(code: str) -> None:
    assert shopify_order(shopify(presentment_currency=code))["presentment"] is None


@pytest.mark.parametrize("sentinel", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", ""])
def test_a_sentinel_is_no_payment(sentinel: str) -> None:
    order = own_shop_order(own(paid_at=sentinel))
    assert (*states(order), may_ship(order)) == ("pending_payment", "unpaid", "none", False)


@pytest.mark.parametrize("key", ["cancelled_at", "shipped_at", "completed_at", "delivered_at"])
def test_a_sentinel_is_no_end_of_an_order(key: str) -> None:
    assert own_shop_order(own(**{key: "0001-01-01T00:00:00Z"}))["status"] == "awaiting_fulfillment"


def test_the_refunds_of_its_lines_are_the_order_s() -> None:
    assert states(own_shop_order(own({"refund_status": "returning"}))) == ("paid_hold", "paid", "returning")


@pytest.mark.parametrize("payload", [own(refund_status="succeeded"), own({"refund_status": "succeeded"})], ids=["order", "lines"])
def test_an_order_that_is_refunded_in_full_is_closed(payload: dict[str, Any]) -> None:
    assert states(own_shop_order(payload)) == ("closed_refunded", "refunded", "succeeded")
