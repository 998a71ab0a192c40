from __future__ import annotations

import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import NodeError
from engine.json_text import read_json
from engine.order.model import CanonicalOrder
from engine.order.statuses import may_ship
from nodes.connector.jd.address import without_region
from nodes.connector.jd.canonical import jd_order
from nodes.connector.jd.status import STATUS

DOMAIN = Path(__file__).parents[1] / "fixtures" / "domain"
ORDERS: dict[str, Any] = read_json((DOMAIN / "jd_order.json").read_bytes())
MAPPING: dict[str, Any] = read_json((DOMAIN / "canonical_mapping.json").read_bytes())
CHILD = {"parentOrderId": "300000000009", "directParentOrderId": "300000000010"}


def jd(**changes: Any) -> dict[str, Any]:
    answer = ORDERS["get"]["jingdong_pop_order_get_responce"]
    return {**copy.deepcopy(answer["orderDetailInfo"]["orderInfo"]), **changes}


def with_item(**changes: Any) -> dict[str, Any]:
    found = jd()
    found["itemInfoList"][0].update(changes)
    return found


def notes(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(note["path"], note["kind"]) for note in found["drift"]]


def answer(order: dict[str, Any], success: Any = True, **result: Any) -> dict[str, Any]:
    return {
        "jingdong_pop_order_get_responce": {
            "code": "0",
            "orderDetailInfo": {"apiResult": {"success": success, **result}, "orderInfo": order},
        }
    }


def code(payload: dict[str, Any]) -> str:
    with pytest.raises(NodeError) as caught:
        jd_order(payload)
    return caught.value.problem.code


def seen(**changes: Any) -> tuple[str, list[str]]:
    found = jd_order(jd(**changes))
    return found["status"], found["hold_reasons"]


def drift(payload: dict[str, Any]) -> set[tuple[str, str]]:
    return {(note["path"].removeprefix("orderInfo."), note["kind"]) for note in jd_order(payload)["drift"]}


def test_the_sample_becomes_what_the_facts_expect() -> None:
    expected, order = ORDERS["expected_core"], jd_order(ORDERS["get"])
    for name in ("channel_order_id", "created_at", "completed_at", "status"):
        assert order[name] == expected[name]
    amount = order["amount"]
    assert (Decimal(amount["paid"]) * 100, Decimal(amount["shipping"]) * 100) == (expected["paid_minor"], expected["shipping_minor"])
    assert sum(line["qty"] for line in order["lines"]) == expected["qty"]
    assert (order["hold_reasons"], order["drift"]) == ([], [])


@pytest.mark.parametrize("name", ["get", "search", "split_parent", "split_child_a", "split_child_b"])
def test_every_order_has_exactly_the_canonical_form(name: str) -> None:
    order = jd_order(ORDERS[name])
    assert CanonicalOrder.model_validate(order).model_dump(mode="json") == order


@pytest.mark.parametrize(
    "wrap",
    [
        lambda o: o,
        answer,
        lambda o: answer(o, "true"),
        lambda o: {"orderInfo": o},
        lambda o: {"jingdong_pop_order_get_response": {"orderDetailInfo": {"orderInfo": o}}},
        lambda o: {"jingdong_pop_order_enGet_responce": {"orderDetailInfo": {"apiResult": {"success": True}, "orderInfo": o}}},
        lambda o: {
            "jingdong_pop_order_search_responce": {"searchorderinfo_result": {"apiResult": {"success": True}, "orderInfoList": [o]}}
        },
    ],
)
def test_an_order_is_found_in_every_wrapper(wrap: Any) -> None:
    assert jd_order(wrap(jd()))["amount"] == jd_order(ORDERS["get"])["amount"]


def test_a_refusal_and_a_soft_failure_are_no_orders() -> None:
    assert code(ORDERS["error"]) == "order.error_response"
    for success in (False, "false", None):
        with pytest.raises(NodeError) as caught:
            jd_order(answer(jd(), success, numberCode=10100001, englishErrCode="no such order"))
        assert (caught.value.problem.code, caught.value.problem.fields["error"]) == ("order.error_response", "10100001")


def test_an_order_without_its_core_is_refused() -> None:
    assert code({"orderId": "300000000001"}) == "order.thin_message"
    for name in ("orderId", "itemInfoList", "orderPayment"):
        assert code({key: value for key, value in jd().items() if key != name}) == "order.missing_field"
    assert code(with_item(jdPrice="")) == "order.missing_field"
    assert code(with_item(skuId="")) == "order.missing_field"


def test_the_status_map_is_that_of_the_order_domain() -> None:
    assert {word: mapped.partition("(")[0] for word, mapped in MAPPING["status_maps"]["jd"].items()} == STATUS


@pytest.mark.parametrize(
    ("state", "status", "holds"),
    [
        ("WAIT_SELLER_STOCK_OUT", "awaiting_fulfillment", []),
        ("WAIT_SELLER_DELIVERY", "awaiting_fulfillment", []),
        ("WAIT_GOODS_RECEIVE_CONFIRM", "shipped", []),
        ("FINISHED_L", "completed", []),
        ("TRADE_CANCELED", "cancelled", []),
        ("LOCKED", "paid_hold", ["refund_in_progress"]),
        ("PAUSE", "paid_hold", ["platform_hold"]),
        ("POP_ORDER_PAUSE", "paid_hold", ["platform_hold"]),
        ("NEW_MAGIC_STATE", "unknown", ["unmapped_status"]),
        ("", "unknown", ["unmapped_status"]),
        (None, "unknown", ["unmapped_status"]),
    ],
)
def test_a_state_becomes_a_status_and_what_forbids_shipping_a_hold(state: Any, status: str, holds: list[str]) -> None:
    assert seen(orderState=state) == (status, holds)


def test_a_locked_order_is_being_cancelled_and_never_ships() -> None:
    found = jd_order(jd(orderState="LOCKED"))
    assert (found["refund_status"], {line["refund_status"] for line in found["lines"]}, may_ship(found)) == (
        "requested",
        {"requested"},
        False,
    )


def test_a_code_for_a_virtual_good_needs_no_address() -> None:
    nowhere = {"fullname": "测*", "mobile": "199****0202", "fullAddress": ""}
    assert seen(orderState="WAIT_SEND_CODE", consigneeInfo=nowhere) == ("awaiting_fulfillment", [])
    assert seen(consigneeInfo=nowhere) == ("awaiting_fulfillment", ["address_incomplete"])


def test_the_parent_of_a_split_order_does_not_ship_and_its_children_know_it() -> None:
    parent, child = jd_order(ORDERS["split_parent"]), jd_order(ORDERS["split_child_a"])
    assert (parent["status"], parent["lines"], may_ship(parent)) == ("paid_hold", [], False)
    assert (child["status"], child["parent_channel_order_id"]) == ("awaiting_fulfillment", "300000000010")
    assert jd_order(jd(**CHILD))["parent_channel_order_id"] == "300000000010"
    assert jd_order(jd(**{**CHILD, "directParentOrderId": "0"}))["parent_channel_order_id"] == "300000000009"
    assert jd_order(jd())["parent_channel_order_id"] is None


def test_a_child_with_its_own_sums_ships() -> None:
    found = jd(**CHILD, orderTotalPrice="398.00", orderSellerPrice="388.00", sellerDiscount="10.00", orderPayment="376.00")
    found["itemInfoList"].pop()
    found["couponDetailList"].pop(1)
    assert may_ship(jd_order(found))


@pytest.mark.parametrize("never", ["0001-01-01 00:00:00", "1970-01-01 00:00:00", "", None])
def test_what_never_happened_has_no_time(never: Any) -> None:
    found = jd_order(jd(orderState="FINISHED_L", orderEndTime=never, outBoundDate=never))
    assert (found["completed_at"], found["shipped_at"]) == (None, None)


def test_times_are_beijing_s() -> None:
    found = jd_order(jd(orderState="TRADE_CANCELED", orderEndTime="2026-01-16 10:00:00", outBoundDate="2026-01-16 09:30:00"))
    assert (found["cancelled_at"], found["completed_at"]) == ("2026-01-16T02:00:00Z", None)
    assert found["time_sources"]["shipped_at"] == {"text": "2026-01-16 09:30:00", "zone": "+08:00"}


@pytest.mark.parametrize(
    ("changes", "payment", "holds"),
    [
        ({}, "paid", []),
        ({"paymentConfirmTime": "0001-01-01 00:00:00"}, "unpaid", ["payment_pending"]),
        ({"paymentConfirmTime": None}, "paid", []),
        ({"payType": "1-货到付款", "paymentConfirmTime": "0001-01-01 00:00:00"}, "unpaid", []),
        ({"payType": "1-货到付款", "paymentConfirmTime": "0001-01-01 00:00:00", "orderState": "FINISHED_L"}, "paid", []),
        ({"orderState": "TRADE_CANCELED", "paymentConfirmTime": "0001-01-01 00:00:00"}, "unpaid", []),
    ],
)
def test_payment_follows_from_the_way_and_the_time(changes: dict[str, Any], payment: str, holds: list[str]) -> None:
    found = jd_order(jd(**changes))
    assert (found["payment_status"], found["hold_reasons"]) == (payment, holds)


@pytest.mark.parametrize(
    "changes",
    [
        {"orderTotalPrice": "419.00"},
        {"orderSellerPrice": "380.00"},
        {"sellerDiscount": "20.00"},
        {"orderPayment": "375.00"},
        {"orderPayment": "400.00", "couponDetailList": []},
        {"freightPrice": None},
        {"balanceUsed": "5.00"},
    ],
)
def test_sums_that_do_not_add_up_are_held_and_left_alone(changes: dict[str, Any]) -> None:
    found = jd_order(jd(**changes))
    assert (found["hold_reasons"], found["amount"]["paid"]) == (["amount_mismatch"], changes.get("orderPayment", "376.00"))


def test_tax_service_fee_and_balance_are_part_of_the_sums() -> None:
    found = jd_order(jd(taxFee="3.00", serviceFee="2.00", balanceUsed="50.00", orderPayment="331.00"))
    assert (found["hold_reasons"], found["amount"]["tax"], found["amount"]["shipping"]) == ([], "3.00", "10.00")
    assert found["amount"]["discount_platform"] == "70.00"


def test_coupons_need_not_be_told() -> None:
    found = jd_order(jd(couponDetailList=None))
    assert (found["hold_reasons"], found["amount"]["discount_platform"]) == ([], "20.00")
    assert notes(found) == [("orderInfo.couponDetailList", "missing")]


@pytest.mark.parametrize(("sku", "kind"), [(None, "missing"), ("999", "differs")])
def test_a_coupon_that_nobody_is_known_to_bear_is_noted(sku: str | None, kind: str) -> None:
    payload = jd()
    payload["couponDetailList"][1]["skuId"] = sku
    assert notes(jd_order(payload)) == [("orderInfo.couponDetailList[].skuId", kind)]
    assert notes(jd_order({**payload, "couponDetailList": payload["couponDetailList"][::2]})) == []


def test_a_part_of_a_split_order_tells_the_coupons_of_the_others_too() -> None:
    payload = jd(**CHILD)
    payload["couponDetailList"][1]["skuId"] = "999"
    assert notes(jd_order(payload)) == []


def test_a_coupon_for_a_sku_is_borne_by_it_alone() -> None:
    found = jd_order(jd())
    assert [(line["paid_share"], line["is_gift"]) for line in found["lines"]] == [("368.00", False), ("0.00", True)]


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.tuples(st.integers(1, 99_999), st.integers(1, 9)), min_size=1, max_size=5),
    coupons=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 500)), max_size=4),
    freight=st.integers(0, 999),
)
def test_shares_add_up_to_what_was_paid_less_freight(lines: list[tuple[int, int]], coupons: list[tuple[int, int]], freight: int) -> None:
    total, given_back = sum(price * count for price, count in lines), sum(fen for _, fen in coupons)

    def text(fen: int) -> str:
        return f"{Decimal(fen).scaleb(-2):.2f}"

    items = [
        {"skuId": str(n), "outerSkuId": "A", "jdPrice": text(price), "itemTotal": str(count)} for n, (price, count) in enumerate(lines, 1)
    ]
    details = [{"skuId": str(sku) if sku else "", "couponType": "41-京东券优惠", "couponPrice": text(fen)} for sku, fen in coupons]
    found = jd_order(
        jd(itemInfoList=items, couponDetailList=details, orderTotalPrice=text(total), orderSellerPrice=text(total), sellerDiscount="0.00",
           freightPrice=text(freight), orderPayment=text(total - given_back + freight))
    )  # fmt: skip
    assert sum(Decimal(line["paid_share"]) for line in found["lines"]) == Decimal(text(total - given_back))
    assert found["hold_reasons"] == []


def test_a_count_as_a_number_is_taken_and_noted() -> None:
    assert jd_order(with_item(itemTotal=2))["lines"][0]["qty"] == 2
    assert drift(with_item(itemTotal=2)) == {("itemInfoList[].itemTotal", "type")}
    assert drift(jd(new_magic=1)) == {("new_magic", "unknown_field")}


def test_ids_as_numbers_keep_every_digit_and_are_noted() -> None:
    found = jd_order(jd(orderId=2**60 + 1, venderId=10000001))
    assert (found["channel_order_id"], found["shop_id"]) == (str(2**60 + 1), "10000001")
    assert drift(jd(orderId=1)) == {("orderId", "type")}
    assert drift(with_item(skuId=100000000011)) == {("itemInfoList[].skuId", "type")}


def test_a_line_without_a_code_is_held() -> None:
    assert jd_order(with_item(outerSkuId=""))["hold_reasons"] == ["sku_unmapped"]


@pytest.mark.parametrize(
    ("full", "region", "street"),
    [
        ("北京市大兴区亦庄经济开发区***", ("北京", "大兴区", "亦庄经济开发区", None), "***"),
        ("北京大兴区亦庄经济开发区科创街1号", ("北京", "大兴区", "亦庄经济开发区", ""), "科创街1号"),
        ("江苏省苏州市工业园区星湖街8号", ("江苏", "苏州市", "工业园区", None), "星湖街8号"),
        ("广西壮族自治区南宁市青秀区民族路2号", ("广西", "南宁", "青秀区", None), "民族路2号"),
        ("河北市场路1号", ("河北", "石家庄市", None, None), "市场路1号"),
        ("星湖街8号", ("江苏", "苏州市", "工业园区", None), "星湖街8号"),
        ("江苏苏州市", ("江苏", "苏州市", None, None), "江苏苏州市"),
        (None, ("江苏", None, None, None), None),
    ],
)
def test_the_street_is_the_address_less_its_region(full: str | None, region: tuple[str | None, ...], street: str | None) -> None:
    assert without_region(full, region) == street


def test_masks_that_arrive_are_kept_and_clear_text_gets_its_own() -> None:
    masked = jd_order(jd())["receiver"]
    assert (masked["name_mask"], masked["phone_mask"]) == ("测*", "199****0202")
    clear = jd_order(jd(consigneeInfo={"fullname": "测试人", "mobile": "19900000202", "fullAddress": "星湖街8号", "oaid": "T"}))["receiver"]
    assert (clear["token"], clear["name_mask"] != "测试人", clear["phone_mask"] != "19900000202") == ("T", True, True)


@pytest.mark.parametrize("waybill", ["JDX001", "JDX001,JDX002", "JDX001|SF9"])
def test_the_first_parcel_is_taken_over(waybill: str) -> None:
    assert jd_order(jd(waybill=waybill, logisticsId="2087"))["logistics"] == {"carrier": "2087", "tracking_no": "JDX001"}


def test_an_invoice_is_found_in_a_sentence_or_an_object() -> None:
    spoken = jd_order(jd(invoiceInfo="发票类型:普通发票;发票抬头:示例公司;发票内容:明细", invoiceCode="91X"))["invoice"]
    easy = jd_order(jd(invoiceEasyInfo={"invoiceTitle": "示例公司", "invoiceCode": "91X"}))["invoice"]
    assert spoken == easy == {"title": "示例公司", "tax_no": "91X"}
