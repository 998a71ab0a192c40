"""Trades of Taobao as canonical orders: their form, ids, times, receivers and goods."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.order.model import CanonicalOrder
from engine.order.reading import Findings, Source
from engine.order.rules import AppliedRules, Match, apply_changes, judge, match_key
from nodes.connector.taobao.bound import bound_lines
from nodes.connector.taobao.canonical import taobao_order
from nodes.rule.split_order import split_order
from tests.nodes.odd import odd_values, outcome
from tests.nodes.parcels import sent
from tests.nodes.taobao_samples import MESSAGES, TRADES, VARIANTS, code, trade, with_lines


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


def lines_of(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    return taobao_order(with_lines(*changes))["lines"]


ONE, TWO = "4012600000000000011", "4012600000000000012"


@pytest.mark.parametrize(
    "changes",
    [
        ({"bind_oids": TWO}, {"bind_oids": ONE}),
        ({"bind_oids": f"{ONE}, {TWO}"}, {}),
        ({}, {"bind_oids": f"4012600000000000099,{ONE}"}),
        ({}, {"bind_oid": int(ONE)}),
    ],
)
def test_sub_orders_that_are_bound_name_the_first_of_them(changes: tuple[dict[str, Any], ...]) -> None:
    assert [line["bound_to"] for line in lines_of(*changes)] == [ONE, ONE]


@pytest.mark.parametrize("change", [{"bind_oids": ""}, {"bind_oids": None}, {"bind_oids": ONE}, {"bind_oids": "4012600000000000099"}])
def test_a_sub_order_that_is_bound_to_none_of_its_trade_goes_alone(change: dict[str, Any]) -> None:
    assert not any("bound_to" in line for line in lines_of(change))


def test_three_that_are_bound_by_way_of_the_second_are_one_group() -> None:
    lines = [{**trade()["orders"]["order"][0], "oid_str": str(oid), "oid": oid} for oid in (5, 6, 7, 8)]
    lines[1]["bind_oids"], lines[2]["bind_oids"] = "7", "6,5"
    order = taobao_order(trade(orders={"order": lines}))
    assert [line.get("bound_to") for line in order["lines"]] == ["5", "5", "5", None]


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=6), st.permutations(range(1, 7)))
def test_however_they_name_each_other_the_same_sub_orders_are_one_group(pairs: list[tuple[int, int]], places: list[int]) -> None:
    named = {oid: ",".join(str(other) for one, other in pairs if one == oid) for oid in places}
    bound = bound_lines([Source({"oid_str": str(oid), "bind_oids": others}, Findings(), "") for oid, others in named.items()])
    groups: dict[str, set[int]] = {}
    for oid in places:
        groups.setdefault(bound.get(str(oid), f"alone {oid}"), set()).add(oid)
    reached = {oid: {oid} for oid in places}
    for _ in places:
        for one, other in pairs:
            reached[one] = reached[other] = reached[one] | reached[other]
    assert {frozenset(group) for group in groups.values()} == {frozenset(group) for group in reached.values()}
    assert all(int(first) == next(oid for oid in places if oid in reached[int(first)]) for first in bound.values())


def test_bound_sub_orders_stay_together_where_their_order_is_split() -> None:
    params = {"by": ["warehouse"], "warehouses": {"JJ-SNJ-3-YM": "HZ", "JJ-SNX-55-W": "SZ"}}
    free, bound = (sent(split_order, taobao_order(with_lines(change)), **params) for change in ({}, {"bind_oids": TWO}))
    assert (len(free), [port for port, _ in bound]) == (2, ["whole"])


def test_a_variant_without_a_code_of_the_seller_brings_the_platforms_own() -> None:
    assert [line.get("platform_sku") for line in lines_of({"outer_sku_id": ""})] == ["5200000000001", None]
    assert [line.get("platform_sku") for line in lines_of({"outer_sku_id": "", "sku_id": "0"})] == [None, None]


def test_a_variant_without_a_code_is_matched_by_its_number_and_else_by_the_code_of_its_item() -> None:
    order = taobao_order(with_lines({"outer_sku_id": ""}))
    rows = [Match("taobao", "", match_key("5200000000001"), "SHELF-3"), Match("taobao", "", match_key("JJ-SNJ"), "SHELF")]
    for left, expected in ((rows, "SHELF-3"), (rows[1:], "SHELF")):
        judgement = judge(order, AppliedRules(matches=tuple(left)))
        done = apply_changes(order, judgement.changes)
        assert (done["lines"][0]["sku_code"], done["hold_reasons"]) == (expected, [])


def test_an_absent_sku_code_holds_the_order() -> None:
    order = taobao_order(with_lines({"outer_sku_id": "", "outer_iid": None}))
    assert (order["lines"][0]["sku_code"], order["hold_reasons"]) == (None, ["sku_unmapped"])


def test_an_item_code_is_only_a_suggestion_for_an_item_with_variants() -> None:
    order = taobao_order(with_lines({"outer_sku_id": None}))
    assert (order["lines"][0]["sku_code"], order["hold_reasons"]) == ("JJ-SNJ", ["sku_unmapped"])


def test_an_item_without_variants_is_known_by_its_item_code() -> None:
    order = taobao_order(with_lines({"outer_sku_id": None, "sku_id": None}))
    assert (order["lines"][0]["sku_code"], order["hold_reasons"]) == ("JJ-SNJ", [])


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
@given(st.sampled_from(sorted(trade())), odd_values)
def test_an_odd_field_is_a_named_problem_or_a_canonical_order(field: str, value: object) -> None:
    code, order = outcome(taobao_order, trade(**{field: value}))
    assert order is None or CanonicalOrder.model_validate(order)
    assert code in {None, "order.missing_field", "order.wrong_type", "money.invalid", "time.invalid"}
