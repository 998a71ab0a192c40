from __future__ import annotations

import copy
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import NodeError
from engine.json_text import read_json
from engine.order.model import CanonicalOrder
from engine.order.statuses import may_ship
from nodes.connector.pinduoduo.canonical import pinduoduo_order
from nodes.connector.pinduoduo.status import AFTER_SALES

DOMAIN = Path(__file__).parents[1] / "fixtures" / "domain"
ORDERS: dict[str, Any] = read_json((DOMAIN / "pdd_order.json").read_bytes())
MAPPING: dict[str, Any] = read_json((DOMAIN / "canonical_mapping.json").read_bytes())
VARIANTS = ("to_ship", "list", "shipped_pii_blank", "group_incomplete")


def pdd(name: str = "to_ship", **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(ORDERS[name]["order_info_get_response"]["order_info"]), **changes}


def with_item(**changes: Any) -> dict[str, Any]:
    found = pdd()
    found["item_list"][0].update(changes)
    return found


def seen(**changes: Any) -> tuple[str, list[str]]:
    found = pinduoduo_order(pdd(**changes))
    return found["status"], found["hold_reasons"]


def code(payload: dict[str, Any]) -> str:
    with pytest.raises(NodeError) as caught:
        pinduoduo_order(payload)
    return caught.value.problem.code


def drift(payload: dict[str, Any]) -> set[tuple[str, str]]:
    return {(note["path"].removeprefix("order_info."), note["kind"]) for note in pinduoduo_order(payload)["drift"]}


def test_the_sample_becomes_what_the_facts_expect() -> None:
    expected, order = ORDERS["expected_core"], pinduoduo_order(ORDERS["to_ship"])
    for name in ("channel_order_id", "created_at", "confirmed_at", "ship_by_at", "status"):
        assert order[name] == expected[name]
    discount = Decimal(order["amount"]["discount_seller"]) + Decimal(order["amount"]["discount_platform"])
    assert (Decimal(order["amount"]["paid"]) * 100, discount * 100) == (expected["paid_minor"], expected["discount_minor"])
    assert sum(line["qty"] for line in order["lines"]) == expected["qty"]
    assert (order["hold_reasons"], order["drift"]) == ([], [])


@pytest.mark.parametrize("name", VARIANTS)
def test_every_order_has_exactly_the_canonical_form(name: str) -> None:
    order = pinduoduo_order(ORDERS[name])
    assert CanonicalOrder.model_validate(order).model_dump(mode="json") == order


@pytest.mark.parametrize(
    "wrap",
    [
        lambda o: o,
        lambda o: {"order_info": o},
        lambda o: {"order_info_get_response": {"order_info": o, "request_id": "x"}},
        lambda o: {"order_list_get_response": {"total_count": 1, "order_list": [o]}},
        lambda o: {"order_sn_increment_get_response": {"order_sn_list": [o]}},
    ],
)
def test_an_order_is_found_in_every_wrapper(wrap: Any) -> None:
    assert pinduoduo_order(wrap(pdd()))["amount"] == pinduoduo_order(ORDERS["to_ship"])["amount"]


def test_a_refusal_a_push_and_an_order_without_its_core_are_told_apart() -> None:
    assert code(ORDERS["error"]) == "order.error_response"
    assert code({"type": "pdd_trade_TradeConfirmed", "mallID": 1, "content": '{"tid":"1"}'}) == "order.thin_message"
    assert code({"order_sn": "260116-000000000000001"}) == "order.thin_message"
    assert code({name: value for name, value in pdd().items() if name != "order_sn"}) == "order.missing_field"
    assert code(pdd(item_list=[])) == "order.missing_field"
    assert code(pdd(pay_amount=None)) == "order.missing_field"


def test_an_order_ships_only_where_all_four_fields_allow_it() -> None:
    for confirm, group, refund, risk in product((0, 1, 2), (0, 1, 2), (1, 2, 3, 4), (0, 1)):
        found = pinduoduo_order(pdd(confirm_status=confirm, group_status=group, refund_status=refund, risk_control_status=risk))
        assert may_ship(found) == ((confirm, group, refund, risk) == (1, 1, 1, 0)), (confirm, group, refund, risk)


@pytest.mark.parametrize(
    ("changes", "status", "holds"),
    [
        ({"confirm_status": 0, "group_status": 0}, "paid_hold", ["group_incomplete"]),
        ({"risk_control_status": 1}, "paid_hold", ["risk_review"]),
        ({"group_status": 0, "risk_control_status": 1}, "paid_hold", ["group_incomplete", "risk_review"]),
        ({"refund_status": 2}, "paid_hold", ["refund_in_progress"]),
        ({"refund_status": 3}, "paid_hold", ["refund_in_progress"]),
        ({"refund_status": 3, "risk_control_status": 1}, "paid_hold", ["risk_review", "refund_in_progress"]),
        ({"after_sales_status": 2}, "paid_hold", ["refund_in_progress"]),
        ({"confirm_status": 0}, "paid_hold", ["platform_hold"]),
        ({"confirm_status": 0, "pay_time": "0001-01-01 00:00:00"}, "pending_payment", []),
        ({"confirm_status": 2}, "cancelled", []),
        ({"group_status": 2}, "cancelled", []),
        ({"refund_status": 4}, "closed_refunded", []),
        ({"order_status": 2}, "shipped", []),
        ({"order_status": 2, "refund_status": 2}, "shipped", []),
        ({"order_status": 3}, "completed", []),
        ({"order_status": 0}, "unknown", ["unmapped_status"]),
        ({"order_status": 9}, "unknown", ["unmapped_status"]),
        ({"order_status": None}, "unknown", ["unmapped_status"]),
        ({"risk_control_status": 7}, "unknown", ["unmapped_status"]),
        ({"confirm_status": "soon"}, "unknown", ["unmapped_status"]),
        ({"group_status": True}, "unknown", ["unmapped_status"]),
        ({"after_sales_status": 99}, "paid_hold", ["unmapped_status", "refund_in_progress"]),
        ({"trade_type": 1, "step_order_info": {"step_trade_status": 1}}, "paid_hold", ["presale_unpaid"]),
        ({"trade_type": 1, "step_order_info": {"step_trade_status": 2}}, "awaiting_fulfillment", []),
        ({"is_stock_out": 1, "stock_out_handle_status": 0}, "awaiting_fulfillment", ["stock_short"]),
        ({"is_stock_out": 1, "stock_out_handle_status": 1}, "awaiting_fulfillment", []),
    ],
)
def test_each_reason_not_to_ship_is_named(changes: dict[str, Any], status: str, holds: list[str]) -> None:
    assert seen(**changes) == (status, holds)


def test_a_code_that_came_as_text_counts_and_is_noted() -> None:
    assert seen(order_status="1", risk_control_status="0") == ("awaiting_fulfillment", [])
    assert {("order_status", "type"), ("risk_control_status", "type")} <= drift(pdd(order_status="1", risk_control_status="0"))


def test_the_after_sales_map_is_that_of_the_order_domain() -> None:
    assert MAPPING["status_maps"]["pdd_after_sales"] == AFTER_SALES


@pytest.mark.parametrize(
    ("changes", "refund", "payment"),
    [
        ({}, "none", "paid"),
        ({"refund_status": 2}, "requested", "paid"),
        ({"refund_status": 3, "after_sales_status": 5}, "processing", "paid"),
        ({"refund_status": 2, "after_sales_status": 6}, "refused", "paid"),
        ({"refund_status": 4, "after_sales_status": 10}, "succeeded", "refunded"),
        ({"after_sales_status": 11}, "closed", "paid"),
        ({"refund_status": 4}, "succeeded", "refunded"),
        ({"step_order_info": {"step_trade_status": 1}}, "none", "deposit_paid"),
        ({"step_order_info": {"step_trade_status": 0}}, "none", "unpaid"),
        ({"confirm_status": 2, "pay_time": None}, "none", "unpaid"),
    ],
)
def test_refund_and_payment_are_told_apart(changes: dict[str, Any], refund: str, payment: str) -> None:
    found = pinduoduo_order(pdd(**changes))
    assert (found["refund_status"], found["payment_status"]) == (refund, payment)


def test_amounts_are_yuan_as_json_numbers() -> None:
    raw = b'{"order_sn":"260116-1","created_time":"2026-01-16 08:00:00",\
"order_status":1,"refund_status":1,"confirm_status":1,"group_status":1,"risk_control_status":0,\
"goods_amount":89.7,"discount_amount":0,"platform_discount":0,"seller_discount":0,"capital_free_discount":0,"postage":0.1,\
"pay_amount":89.8,"item_list":[{"sku_id":"7","outer_id":"A","goods_price":29.9,"goods_count":3}],"receiver_address":"~A~"}'
    found = pinduoduo_order(read_json(raw))
    assert (found["amount"]["items"], found["amount"]["paid"], found["hold_reasons"], found["drift"]) == ("89.70", "89.80", [], [])


def test_amounts_as_text_are_taken_and_noted() -> None:
    found = pinduoduo_order(pdd(pay_amount="53.80"))
    assert (found["amount"]["paid"], found["hold_reasons"]) == ("53.80", [])
    assert ("pay_amount", "type") in drift(pdd(pay_amount="53.80"))


def test_the_noise_of_a_double_is_the_nearest_fen_and_noted() -> None:
    found = pinduoduo_order(pdd(pay_amount=Decimal("53.800000000000004")))
    assert (found["amount"]["paid"], found["hold_reasons"]) == ("53.80", [])
    assert drift(pdd(pay_amount=Decimal("53.800000000000004"))) == {("pay_amount", "unreadable")}


@pytest.mark.parametrize("amount", [Decimal("53.805"), 53.8, "fifty", True, Decimal("1e30")])
def test_an_amount_that_is_none_is_refused(amount: Any) -> None:
    assert code(pdd(pay_amount=amount)) == "money.invalid"


@pytest.mark.parametrize(
    "changes",
    [
        {"pay_amount": Decimal("53.7")},
        {"discount_amount": Decimal("5.0")},
        {"platform_discount": None},
        {"postage": Decimal("1.0")},
        {"goods_amount": Decimal("69.8"), "pay_amount": Decimal("63.8")},
    ],
)
def test_sums_that_do_not_add_up_are_held_and_left_alone(changes: dict[str, Any]) -> None:
    found = pinduoduo_order(pdd(**changes))
    assert (found["hold_reasons"], may_ship(found)) == (["amount_mismatch"], False)
    assert Decimal(found["amount"]["paid"]) == changes.get("pay_amount", Decimal("53.8"))


def test_a_change_of_price_and_a_fee_for_a_service_are_part_of_the_sums() -> None:
    changed = pdd(goods_amount=Decimal("54.8"), order_change_amount=Decimal("5.0"), pay_amount=Decimal("48.8"))
    serviced = pdd(service_fee_detail=[{"service_fee": Decimal("3.0"), "service_name": "sf_express_fee"}], pay_amount=Decimal("56.8"))
    assert [pinduoduo_order(one)["hold_reasons"] for one in (changed, serviced)] == [[], []]


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.tuples(st.integers(1, 99_999), st.integers(1, 9)), min_size=1, max_size=5),
    discounts=st.tuples(*[st.integers(0, 99)] * 3),
    postage=st.integers(0, 999),
)
def test_shares_add_up_to_what_was_paid_less_postage(lines: list[tuple[int, int]], discounts: tuple[int, int, int], postage: int) -> None:
    yuan = [Decimal(fen).scaleb(-2) for fen in (sum(price * count for price, count in lines), *discounts, postage)]
    items = [
        {"sku_id": str(n), "outer_id": "A", "goods_price": Decimal(price).scaleb(-2), "goods_count": count}
        for n, (price, count) in enumerate(lines, 1)
    ]
    found = pinduoduo_order(
        pdd(item_list=items, goods_amount=yuan[0], seller_discount=yuan[1], platform_discount=yuan[2], capital_free_discount=yuan[3],
            discount_amount=sum(yuan[1:4]), postage=yuan[4], pay_amount=yuan[0] - sum(yuan[1:4]) + yuan[4])
    )  # fmt: skip
    assert sum(Decimal(line["paid_share"]) for line in found["lines"]) == Decimal(found["amount"]["paid"]) - yuan[4]
    assert found["hold_reasons"] == []


def test_personal_fields_are_empty_once_nothing_is_to_ship_and_masks_remain() -> None:
    to = pinduoduo_order(ORDERS["shipped_pii_blank"])["receiver"]
    assert (to["name"], to["phone"], to["address"], to["token"]) == (None, None, None, None)
    assert (to["name_mask"], to["phone_mask"], to["address_mask"]) == ("测**", "199****0303", "星湖街****")


def test_an_order_with_nothing_but_a_contact_number_ships_by_its_cipher() -> None:
    bare = dict.fromkeys(("receiver_name", "receiver_phone", "receiver_address", "address"), "")
    found = pinduoduo_order(pdd(**bare, contact_mobile="$AgAAAAFixtureContact$1$"))
    assert (found["receiver"]["phone"], found["receiver"]["token"]) == ("$AgAAAAFixtureContact$1$",) * 2
    assert may_ship(found)
    assert pinduoduo_order(pdd(**bare))["hold_reasons"] == ["address_incomplete"]


def test_clear_text_in_a_mask_s_place_is_not_shown() -> None:
    assert pinduoduo_order(pdd(receiver_name_mask="测试人"))["receiver"]["name_mask"] != "测试人"


@pytest.mark.parametrize("never", ["0001-01-01 00:00:00", "1970-01-01 00:00:00", "0000-00-00 00:00:00", "", None])
def test_times_are_beijing_s_and_sentinels_are_none(never: Any) -> None:
    found = pinduoduo_order(pdd(shipping_time=never, receive_time=never))
    assert (found["shipped_at"], found["completed_at"]) == (None, None)
    assert found["time_sources"]["created_at"] == {"text": "2026-01-16 08:00:00", "zone": "+08:00"}


def test_a_line_without_a_code_is_held_and_the_product_s_code_is_a_suggestion() -> None:
    suggested, nameless = pinduoduo_order(with_item(outer_id="")), pinduoduo_order(with_item(outer_id="", outer_goods_id=""))
    assert (suggested["lines"][0]["sku_code"], suggested["hold_reasons"]) == ("MZ-KH", ["sku_unmapped"])
    assert (nameless["lines"][0]["sku_code"], nameless["hold_reasons"]) == (None, ["sku_unmapped"])
    assert pinduoduo_order(with_item(outer_id="", goods_spec=""))["hold_reasons"] == []


def test_gifts_are_lines_that_cost_nothing_and_change_no_sum() -> None:
    gift = {
        "goods_id": "61",
        "sku_id": "71",
        "outer_id": "GIFT",
        "goods_name": "赠品 小样",
        "goods_spec": "1ml",
        "goods_price": 1,
        "goods_count": 1,
    }
    found = pinduoduo_order(pdd(gift_list=[gift]))
    assert [(line["channel_line_id"], line["is_gift"], line["paid_share"]) for line in found["lines"]] == [
        ("700000000001-1", False, "53.80"),
        ("71-2", True, "0.00"),
    ]
    assert found["hold_reasons"] == []


def test_ids_as_numbers_keep_every_digit_and_are_noted() -> None:
    found = pinduoduo_order(with_item(goods_id=600000000001, sku_id=2**60 + 1))
    assert found["lines"][0]["channel_line_id"] == f"{2**60 + 1}-1"
    assert {("item_list[].goods_id", "type"), ("item_list[].sku_id", "type")} == drift(with_item(goods_id=1, sku_id=2))


def test_a_new_field_is_noted_once() -> None:
    assert drift(pdd(new_magic=1)) == {("new_magic", "unknown_field")}


def test_marks_and_parcels_are_taken_over() -> None:
    found = pinduoduo_order(pdd("shipped_pii_blank", remark_tag=3, remark="放门口"))
    assert (found["note"]["flag"], found["note"]["seller"]) == ("3", "放门口")
    assert found["logistics"] == {"carrier": "85", "tracking_no": "YT0000000000002"}
