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
from nodes.connector.taobao.canonical import taobao_order
from nodes.connector.taobao.status import REFUND, STATUS

DOMAIN = Path(__file__).parents[1] / "fixtures" / "domain"
TRADES: dict[str, Any] = read_json((DOMAIN / "taobao_trade.json").read_bytes())
MESSAGES: dict[str, Any] = read_json((DOMAIN / "taobao_tmc.json").read_bytes())
MAPPING: dict[str, Any] = read_json((DOMAIN / "canonical_mapping.json").read_bytes())
VARIANTS = ("multi_sub_order", "part_shipped", "sub_order_refunding", "paid_but_forbidden")


def trade(name: str = "multi_sub_order", **changes: Any) -> dict[str, Any]:
    found = copy.deepcopy(TRADES[name]["trade_fullinfo_get_response"]["trade"])
    return {**found, **changes}


def with_lines(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The sample with every line changed, or the lines given in turn."""
    found = trade(**changes)
    for line, change in zip(found["orders"]["order"], lines, strict=False):
        line.update(change)
    return found


def single(**changes: Any) -> dict[str, Any]:
    """One sub-order as an object: 2 × 129.00 − 10.00 + 6.00 postage, which its own payment includes."""
    line = {**trade()["orders"]["order"][0], "payment": "254.00", "divide_order_fee": "248.00", "part_mjz_discount": "0.00"}
    return trade(total_fee="258.00", payment="254.00", num=2, promotion_details=None, orders={"order": line}) | changes


def holds(payload: dict[str, Any]) -> list[str]:
    return taobao_order(payload)["hold_reasons"]


def code(payload: dict[str, Any]) -> str:
    with pytest.raises(NodeError) as caught:
        taobao_order(payload)
    return caught.value.problem.code


def test_the_sample_becomes_what_the_facts_expect() -> None:
    expected, order = TRADES["expected_core"], taobao_order(TRADES["multi_sub_order"])
    assert {name: order[name] for name in ("channel_order_id", "created_at", "paid_at", "currency", "status")} == {
        name: expected[name] for name in ("channel_order_id", "created_at", "paid_at", "currency", "status")
    }
    assert (int(Decimal(order["amount"]["paid"]) * 100), int(Decimal(order["amount"]["shipping"]) * 100)) == (30160, 600)
    assert (len(order["lines"]), sum(line["qty"] for line in order["lines"])) == (expected["lines"], expected["qty"])
    assert (order["hold_reasons"], order["drift"]) == ([], [])


@pytest.mark.parametrize("name", VARIANTS)
def test_every_order_has_exactly_the_canonical_form(name: str) -> None:
    order = taobao_order(TRADES[name])
    assert CanonicalOrder.model_validate(order).model_dump(mode="json") == order


@pytest.mark.parametrize(
    "wrap",
    [
        lambda t: t,
        lambda t: {"trade": t},
        lambda t: {"trade_fullinfo_get_response": {"trade": t, "request_id": "x"}},
        lambda t: {"trade_get_response": {"trade": t}},
    ],
)
def test_a_trade_is_found_in_every_wrapper(wrap: Any) -> None:
    assert taobao_order(wrap(trade()))["amount"] == taobao_order(TRADES["multi_sub_order"])["amount"]


def test_sub_orders_may_come_as_a_plain_list() -> None:
    assert len(taobao_order(trade(orders=trade()["orders"]["order"]))["lines"]) == 2


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


@pytest.mark.parametrize(
    "changes",
    [
        {"tid": 4012600000000000010, "tid_str": None},
        {"tid": "4012600000000000010", "tid_str": ""},
        {"tid": 4012600000000000000},
        {"tid": Decimal("4012600000000000010"), "tid_str": None},
    ],
)
def test_ids_beyond_2_53_keep_every_digit(changes: dict[str, Any]) -> None:
    order = taobao_order(with_lines({"oid_str": None}, **changes))
    assert (order["channel_order_id"], order["lines"][0]["channel_line_id"]) == ("4012600000000000010", "4012600000000000011")


def test_an_id_that_came_as_a_float_is_refused() -> None:
    assert code(trade(tid=4.01260000000000001e18, tid_str=None)) == "order.wrong_type"


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


@pytest.mark.parametrize("sentinel", ["0001-01-01 00:00:00", "1970-01-01 00:00:00", "0000-00-00 00:00:00", "", None])
def test_a_sentinel_date_is_no_date(sentinel: str | None) -> None:
    order = taobao_order(trade(consign_time=sentinel, end_time=sentinel))
    assert (order["shipped_at"], order["completed_at"]) == (None, None)


def test_a_time_keeps_the_source_s_text_and_the_assumed_zone() -> None:
    assert taobao_order(trade())["time_sources"]["created_at"] == {"text": "2026-01-15 23:58:12", "zone": "+08:00"}


def test_a_time_that_cannot_be_read_names_its_field() -> None:
    assert code(trade(modified="yesterday")) == "time.invalid"


def test_a_promise_in_words_is_noted_and_the_sub_order_s_date_taken() -> None:
    order = taobao_order(
        with_lines({"delivery_time": "2026-01-18 23:58:40"}, {"delivery_time": "2026-01-17 23:58:40"}, est_con_time="付款后48小时内")
    )
    assert order["ship_by_at"] == "2026-01-17T15:58:40Z"
    assert order["time_sources"]["ship_by_at"]["text"] == "2026-01-17 23:58:40"
    assert order["drift"] == [{"path": "trade.est_con_time", "kind": "unreadable", "found": None}]


def test_the_version_is_the_time_of_the_last_change_or_a_digest() -> None:
    without = taobao_order(trade(modified=None))
    assert taobao_order(trade())["version"] == "2026-01-15T16:02:03Z"
    assert (
        without["version"]
        == taobao_order(trade(modified=None))["version"]
        != taobao_order(trade(modified=None, seller_memo="x"))["version"]
    )


def test_a_county_level_city_stands_in_the_district() -> None:
    receiver = taobao_order(trade(receiver_state="湖北省", receiver_city="", receiver_district="仙桃市"))["receiver"]
    assert (receiver["province"], receiver["city"]) == ("湖北省", "仙桃市")


def test_a_masked_receiver_stays_as_received() -> None:
    receiver = taobao_order(trade())["receiver"]
    assert (receiver["name"], receiver["phone"], receiver["address"]) == ("测**", "*******0101", "三**镇振**路***号***室")
    assert [receiver[f"{name}_mask"] for name in ("name", "phone", "address")] == [receiver[name] for name in ("name", "phone", "address")]
    assert receiver["token"] == "1Fixture0aidAAAA=="


def test_a_receiver_in_clear_text_gets_masks() -> None:
    receiver = taobao_order(trade(receiver_name="测试甲", receiver_mobile="19900000101"))["receiver"]
    assert (receiver["name_mask"], receiver["phone_mask"]) == ("测**", "199****0101")


def test_identity_papers_are_dropped() -> None:
    assert "H00000001" not in str(taobao_order(trade(hk_card_code="H00000001", hk_birthday="1990-01-01")))


def test_an_absent_sku_code_holds_the_order() -> None:
    order = taobao_order(with_lines({"outer_sku_id": "", "outer_iid": None}))
    assert (order["lines"][0]["sku_code"], order["hold_reasons"]) == (None, ["sku_unmapped"])


def test_an_item_code_is_only_a_suggestion_for_an_item_with_variants() -> None:
    order = taobao_order(with_lines({"outer_sku_id": None}))
    assert (order["lines"][0]["sku_code"], order["hold_reasons"]) == ("JJ-SNJ", ["sku_unmapped"])


def test_an_item_without_variants_is_known_by_its_item_code() -> None:
    order = taobao_order(with_lines({"outer_sku_id": None, "sku_id": None}))
    assert (order["lines"][0]["sku_code"], order["hold_reasons"]) == ("JJ-SNJ", [])


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


def test_numbers_as_text_and_amounts_as_numbers_are_taken_and_noted_once() -> None:
    order = taobao_order(with_lines({"num": "2", "price": Decimal("129.0")}, {"num": "1"}))
    assert [line["qty"] for line in order["lines"]] == [2, 1]
    assert {(note["path"], note["kind"]) for note in order["drift"]} == {("trade.orders[].price", "type"), ("trade.orders[].num", "type")}


def test_unknown_fields_are_accepted_and_noted_once() -> None:
    order = taobao_order(with_lines({"brand_new": 1}, {"brand_new": 2}, novelty={"a": 1}))
    assert order["drift"] == [
        {"path": "trade.novelty", "kind": "unknown_field", "found": "object"},
        {"path": "trade.orders[].brand_new", "kind": "unknown_field", "found": "number"},
    ]
    assert order["status"] == "awaiting_fulfillment"


@pytest.mark.parametrize(("flag", "expected"), [(0, None), (3, "3"), ("5", "5"), (None, None)])
def test_the_seller_s_flag_is_a_code(flag: object, expected: str | None) -> None:
    assert taobao_order(trade(seller_flag=flag))["note"]["flag"] == expected


def test_a_nul_character_never_gets_in() -> None:
    assert taobao_order(trade(buyer_message="别按门铃\u200b🙏\x00"))["note"]["buyer"] == "别按门铃\u200b🙏"


@pytest.mark.parametrize(
    "changes", [{"tid": None, "tid_str": None}, {"orders": None}, {"orders": {"order": []}}, {"orders": {}}, {"payment": None}]
)
def test_what_an_order_needs_is_asked_for_by_name(changes: dict[str, Any]) -> None:
    assert code(trade(**changes)) == "order.missing_field"


def test_a_refusal_by_the_platform_is_no_order() -> None:
    assert code(TRADES["error"]) == "order.error_response"


@pytest.mark.parametrize(
    "message",
    [
        *MESSAGES["messages"],
        {"tid": 4012600000000000010},
        {"tid": 4012600000000000010, "status": "WAIT_SELLER_SEND_GOODS", "payment": "301.60"},
    ],
)
def test_a_push_message_only_names_an_order(message: dict[str, Any]) -> None:
    assert code(message) == "order.thin_message"


def test_the_payload_is_left_alone() -> None:
    payload = copy.deepcopy(TRADES["multi_sub_order"])
    taobao_order(payload)
    assert payload == TRADES["multi_sub_order"]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(trade())),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=9),
        st.lists(st.integers(), max_size=2),
        st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    ),
)
def test_an_odd_field_is_a_named_problem_or_a_canonical_order(field: str, value: object) -> None:
    code, order = outcome(trade(**{field: value}))
    assert order is None or CanonicalOrder.model_validate(order)
    assert code in {None, "order.missing_field", "order.wrong_type", "money.invalid", "time.invalid"}


def outcome(payload: dict[str, Any]) -> tuple[str | None, dict[str, Any] | None]:
    try:
        return None, taobao_order(payload)
    except NodeError as error:
        return error.problem.code, None
