"""Trades of Taobao as canonical orders: where they stand, and what holds them."""

from __future__ import annotations

import pytest

from engine.order.statuses import may_ship
from nodes.connector.taobao.canonical import taobao_order
from nodes.connector.taobao.status import REFUND, STATUS
from tests.nodes.taobao_samples import MAPPING, TRADES, holds, trade, with_lines


@pytest.mark.parametrize(("word", "status"), STATUS.items())
def test_every_status_of_the_facts_is_mapped(word: str, status: str) -> None:
    assert MAPPING["status_maps"]["taobao"][word].startswith(status)
    assert taobao_order(trade(status=word))["status"] == status


def test_every_refund_status_of_the_facts_is_mapped() -> None:
    assert MAPPING["status_maps"]["taobao_refund"] == REFUND


def test_an_unknown_status_is_held_and_noted_and_never_ships() -> None:
    order = taobao_order(trade(status="NEW_MAGIC_STATE"))
    assert (order["status"], order["hold_reasons"], may_ship(order)) == ("unknown", ["unmapped_status"], False)
    assert order["drift"] == [{"path": "trade.status", "kind": "unmapped_value", "found": "NEW_MAGIC_STATE"}]


def test_a_trade_without_a_status_is_unknown() -> None:
    assert taobao_order(trade(status=None))["status"] == "unknown"


@pytest.mark.parametrize("flag", ["top_hold", "forbid_consign", "team_buy_hold", "ofp_hold", "share_group_hold", "is_sh_ship"])
@pytest.mark.parametrize("value", [1, "1", True, "true"])
def test_a_platform_s_hold_stops_shipping(flag: str, value: object) -> None:
    order = taobao_order(trade(**{flag: value}))
    assert (order["status"], order["hold_reasons"][0]) == ("paid_hold", "platform_hold")


@pytest.mark.parametrize("value", [0, "0", False, None, "", "false"])
def test_a_hold_that_is_not_set_holds_nothing(value: object) -> None:
    assert taobao_order(trade(top_hold=value))["status"] == "awaiting_fulfillment"


def test_a_group_that_is_not_complete_says_so() -> None:
    assert holds(trade(team_buy_hold=1)) == ["platform_hold", "group_incomplete"]


def test_a_forbidden_trade_is_held() -> None:
    order = taobao_order(TRADES["paid_but_forbidden"])
    assert (order["status"], order["payment_status"], "platform_hold" in order["hold_reasons"]) == ("paid_hold", "paid", True)


def test_a_hold_on_a_shipped_trade_means_nothing_any_more() -> None:
    assert holds(trade(status="WAIT_BUYER_CONFIRM_GOODS", top_hold=1)) == []


def test_a_paid_deposit_is_not_payment() -> None:
    order = taobao_order(trade(status="WAIT_BUYER_PAY", step_trade_status="FRONT_PAID_FINAL_NOPAID", step_paid_fee="50.00", pay_time=None))
    assert (order["status"], order["payment_status"], order["hold_reasons"]) == ("pending_payment", "deposit_paid", ["presale_unpaid"])


def test_a_presale_paid_in_full_ships() -> None:
    order = taobao_order(trade(step_trade_status="FRONT_PAID_FINAL_PAID"))
    assert (order["status"], order["payment_status"], order["hold_reasons"]) == ("awaiting_fulfillment", "paid", [])


def test_a_presale_marked_to_ship_before_its_final_payment_is_held() -> None:
    assert taobao_order(trade(step_trade_status="FRONT_PAID_FINAL_NOPAID"))["status"] == "paid_hold"


@pytest.mark.parametrize("stage", ["WAIT_SELLER_AGREE", "WAIT_BUYER_RETURN_GOODS", "WAIT_SELLER_CONFIRM_GOODS", "NEW_REFUND_STATE"])
def test_a_refund_under_way_holds_what_is_still_to_ship(stage: str) -> None:
    order = taobao_order(with_lines({"refund_status": stage}))
    assert (order["status"], "refund_in_progress" in order["hold_reasons"]) == ("paid_hold", True)


@pytest.mark.parametrize("stage", ["NO_REFUND", "CLOSED", "SELLER_REFUSE_BUYER", "SUCCESS", "", None])
def test_a_refund_that_is_over_holds_nothing(stage: str | None) -> None:
    assert taobao_order(with_lines({"refund_status": stage}))["status"] == "awaiting_fulfillment"


def test_a_refund_after_shipping_does_not_hold() -> None:
    payload = with_lines(
        *[{"status": "WAIT_BUYER_CONFIRM_GOODS", "refund_status": "WAIT_SELLER_AGREE"}] * 2, status="WAIT_BUYER_CONFIRM_GOODS"
    )
    order = taobao_order(payload)
    assert (order["status"], order["refund_status"], order["hold_reasons"]) == ("shipped", "requested", [])


def test_a_partial_shipment_is_held_only_for_a_line_that_is_still_here() -> None:
    shipped, waiting = trade("part_shipped"), trade("part_shipped")
    shipped["orders"]["order"][0]["refund_status"] = "WAIT_SELLER_AGREE"
    waiting["orders"]["order"][1]["refund_status"] = "WAIT_SELLER_AGREE"
    assert (holds(shipped), holds(waiting)) == ([], ["refund_in_progress"])
    assert taobao_order(waiting)["status"] == "partially_shipped"


def test_a_refund_of_one_line_is_partial_and_of_all_lines_whole() -> None:
    one, both = with_lines({"refund_status": "SUCCESS"}), with_lines(*[{"refund_status": "SUCCESS"}] * 2, status="TRADE_CLOSED")
    assert [taobao_order(payload)["payment_status"] for payload in (one, both)] == ["partially_refunded", "refunded"]


@pytest.mark.parametrize(
    ("word", "status", "payment", "ended"),
    [
        ("TRADE_CLOSED", "closed_refunded", "refunded", "cancelled_at"),
        ("TRADE_CLOSED_BY_TAOBAO", "cancelled", "unpaid", "cancelled_at"),
        ("TRADE_FINISHED", "completed", "paid", "completed_at"),
    ],
)
def test_the_end_of_a_trade_is_what_its_status_makes_of_it(word: str, status: str, payment: str, ended: str) -> None:
    order = taobao_order(trade(status=word, end_time="2026-01-20 08:00:00"))
    assert (order["status"], order["payment_status"], order[ended]) == (status, payment, "2026-01-20T00:00:00Z")
    assert order[{"completed_at": "cancelled_at", "cancelled_at": "completed_at"}[ended]] is None


def test_a_partial_shipment_names_its_first_parcel() -> None:
    order = taobao_order(TRADES["part_shipped"])
    assert order["logistics"] == {"carrier": "圆通速递", "tracking_no": "YT0000000000001"}
    assert (order["shipped_at"], [line["status"] for line in order["lines"]]) == (
        "2026-01-16T02:00:00Z",
        ["shipped", "awaiting_fulfillment"],
    )


@pytest.mark.parametrize("word", [None, "", {"value": 1}])
def test_of_a_trade_sent_in_part_a_line_without_a_state_is_not_sent_again(word: object) -> None:
    payload = trade("part_shipped")
    payload["orders"]["order"][0]["status"] = word
    assert (may_ship(taobao_order(payload)), holds(payload)) == (False, ["unmapped_status"])


def test_a_line_without_a_state_has_that_of_its_trade_and_is_noted() -> None:
    found = taobao_order(with_lines({"status": None}))
    assert [line["status"] for line in found["lines"]] == ["awaiting_fulfillment", "awaiting_fulfillment"]
    assert [(note["path"], note["kind"]) for note in found["drift"]] == [("trade.orders[].status", "missing")]


@pytest.mark.parametrize("name", ["paid_but_forbidden", "sub_order_refunding", "multi_sub_order"])
def test_a_trade_that_must_be_paid_is_paid_whatever_became_of_the_time(name: str) -> None:
    found = taobao_order(trade(name, pay_time=None))
    assert (found["payment_status"], found["paid_at"]) == ("paid", None)
    assert [(note["path"], note["kind"]) for note in found["drift"]] == [("trade.pay_time", "missing")]


@pytest.mark.parametrize(
    "changes", [{"status": "WAIT_PRE_AUTH_CONFIRM"}, {"type": "cod"}, {"step_trade_status": "FRONT_NOPAID_FINAL_NOPAID"}]
)
def test_without_a_time_of_payment_what_may_be_unpaid_is(changes: dict[str, str]) -> None:
    assert taobao_order(trade(pay_time=None, **changes))["payment_status"] == "unpaid"
