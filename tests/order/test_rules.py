"""Cleansing rules over an order: what each changes, what is held, and what stays as it came."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputInvalid
from engine.json_text import canonical_json
from engine.order.rules import (
    AppliedRules,
    Known,
    Match,
    ShopRules,
    Suggestions,
    apply_changes,
    asked_of,
    judge,
    match_key,
    read_rules,
)

LINE: dict[str, Any] = {"sku_code": None, "title": "手工皂 薰衣草", "spec": "3块装", "qty": 2, "unit_price": "15.00"}
ORDER: dict[str, Any] = {
    "channel": "jd",
    "shop_id": "s1",
    "channel_order_id": "123456789012",
    "status": "awaiting_fulfillment",
    "currency": "CNY",
    "amount": {"items": "30.00", "discount_seller": "5.00", "shipping": "6.00", "paid": "31.00"},
    "receiver": {"name": "测试甲", "phone": "19900000101", "address": "科技路1号"},
    "lines": [LINE],
    "hold_reasons": [],
}
SOAP = Match("jd", "", match_key("", LINE["title"], LINE["spec"]), "SOAP-L")


def cleaned(order: dict[str, Any], *matches: Match, **shop: Any) -> dict[str, Any]:
    return apply_changes(order, judge(order, AppliedRules(1, ShopRules(**shop), matches)).changes)


def receiver(**fields: Any) -> dict[str, Any]:
    return cleaned({**ORDER, "receiver": fields}, SOAP)["receiver"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"province": "广东", "city": "深圳"}, {"province": "广东省", "city": "深圳市"}),
        ({"province": "广西"}, {"province": "广西壮族自治区"}),
        ({"province": "北京", "city": "北京"}, {"province": "北京市", "city": "北京市"}),
        ({"province": "California", "city": "Springfield"}, {"province": "California", "city": "Springfield"}),
        (
            {"province": "广东", "city": "深圳市", "district": "南山区", "address": "广东省 深圳市南山区科技路１号"},
            {"province": "广东省", "city": "深圳市", "district": "南山区", "address": "科技路1号"},
        ),
        (
            {"province": "上海", "city": "上海", "address": "上海市南京东路1号"},
            {"province": "上海市", "city": "上海市", "address": "南京东路1号"},
        ),
        ({"city": "深圳市", "address": "深圳市"}, {"city": "深圳市", "address": "深圳市"}),
        ({"name": " 测试\u3000甲\u200b", "phone": "199-0000 0101"}, {"name": "测试 甲", "phone": "19900000101"}),
        ({"name": "测*", "phone": "199****0101", "address": "~cipher~"}, {"name": "测*", "phone": "199****0101", "address": "~cipher~"}),
    ],
)
def test_names_and_places_come_to_one_form_and_hidden_ones_stay(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert receiver(**given) == expected


def test_a_mask_that_was_computed_follows_its_value_and_one_that_came_stays() -> None:
    assert receiver(phone="199 0000 0101", phone_mask="*************")["phone_mask"] == "*************"
    from engine.privacy.classes import Kind
    from engine.privacy.masks import mask

    raw = "广东省科技路1号"
    after = receiver(province="广东", address=raw, address_mask=mask(raw, Kind.ADDRESS))
    assert after["address_mask"] == mask("科技路1号", Kind.ADDRESS)


@pytest.mark.parametrize(("other", "reasons", "noted"), [("hold", ["number_mismatch"], 0), ("note", [], 1)])
def test_an_odd_order_number_is_held_or_noted(other: str, reasons: list[str], noted: int) -> None:
    order = cleaned({**ORDER, "channel_order_id": "12A"}, SOAP, order_number="[0-9]{12}", other_number=other)
    assert (order["hold_reasons"], len(order.get("drift", []))) == (reasons, noted)
    assert cleaned(ORDER, SOAP, order_number="[0-9]{12}")["hold_reasons"] == []


def test_a_line_without_a_match_holds_the_order_and_is_named() -> None:
    judgement = judge(ORDER, AppliedRules())
    assert [one.title for one in judgement.unmatched] == ["手工皂 薰衣草"]
    assert apply_changes(ORDER, judgement.changes)["hold_reasons"] == ["sku_unmapped"]
    gift = {**ORDER, "lines": [{**LINE, "qty": 0}]}
    assert judge(gift, AppliedRules()).unmatched == []


def test_the_platforms_code_counts_before_the_title_and_the_shop_before_its_channel() -> None:
    line = {**LINE, "platform_sku": "p-1"}
    rows = [
        Match("", "", match_key("P-1"), "GENERAL"),
        Match("jd", "", match_key("P-1"), "CHANNEL"),
        Match("jd", "s1", match_key("P-1"), "SHOP"),
        SOAP,
    ]
    for left, expected in ((rows, "SHOP"), (rows[:2] + rows[3:], "CHANNEL"), (rows[:1] + rows[3:], "GENERAL"), (rows[3:], "SOAP-L")):
        assert cleaned({**ORDER, "lines": [line]}, *left)["lines"][0]["sku_code"] == expected


def test_what_the_platform_called_it_stays_beside_our_code() -> None:
    (line,) = cleaned({**ORDER, "lines": [{**LINE, "sku_code": "Old 1"}]}, Match("", "", match_key("old1"), "NEW-1"))["lines"]
    assert (line["sku_code"], line["platform_sku"]) == ("NEW-1", "Old 1")


def test_a_code_that_the_table_does_not_know_is_ours_unless_the_shop_says_otherwise() -> None:
    order = {**ORDER, "lines": [{**LINE, "sku_code": "A-1"}]}
    assert cleaned(order)["hold_reasons"] == []
    assert cleaned(order, other_sku="hold")["hold_reasons"] == ["sku_unmapped"]


@pytest.mark.parametrize(("each", "qty", "price"), [(1, 2, "15.00"), (3, 6, "5.00"), (7, 14, None)])
def test_units_become_pieces_of_ours_and_a_price_that_is_not_exact_is_left_out(each: int, qty: int, price: str | None) -> None:
    (line,) = cleaned(ORDER, Match(*(SOAP.channel, SOAP.shop_id, SOAP.key, SOAP.sku_code), each=each))["lines"]
    assert (line["qty"], line["unit_price"]) == (qty, price)


@pytest.mark.parametrize(
    ("amount", "money", "held"),
    [
        ({"items": "30.00", "paid": "30.00"}, ("total", "lines"), False),
        ({"items": "30.00", "paid": "29.00"}, ("total", "lines"), True),
        ({"items": "30.00", "paid": "29.00"}, ("lines",), False),
        ({"items": "31.00", "paid": "31.00"}, ("total", "lines"), True),
        ({"items": "31.00", "paid": "31.00"}, ("total",), False),
        ({"items": "30.00", "discount_platform": "3.00", "paid": "30.00"}, ("total",), False),
        ({"items": "30.00", "tax": "2.00", "paid": "32.00"}, ("total",), False),
        ({"items": None, "paid": "32.00"}, ("total", "lines"), False),
        ({"items": "odd", "paid": "NaN"}, ("total", "lines"), False),
    ],
)
def test_sums_that_are_wrong_hold_the_order_and_change_nothing(amount: dict[str, Any], money: tuple[str, ...], held: bool) -> None:
    order = cleaned({**ORDER, "amount": amount}, SOAP, money=money)
    assert order["amount"] == amount
    assert ("amount_mismatch" in order["hold_reasons"]) is held


def test_asking_names_goods_and_nobody() -> None:
    asked = asked_of({**ORDER, "lines": [LINE, {**LINE, "sku_code": "a 1"}]})
    assert asked == {"channel": "jd", "shop_id": "s1", "keys": ["sku:A1", "title:手工皂薰衣草|3块装"]}


def test_what_applied_survives_its_way_through_the_journal() -> None:
    rules = AppliedRules(7, ShopRules("jd", "s1", "[0-9]+", money=("total",)), (SOAP,))
    assert AppliedRules.of_answer(rules.answer()) == rules
    assert canonical_json(rules.answer())


texts = st.one_of(
    st.none(), st.text(max_size=12), st.integers(), st.sampled_from(["广东", "广东省深圳市1号", " a\u3000b ", "199-0000 0101"])
)
odd_lines = st.lists(
    st.one_of(st.none(), st.fixed_dictionaries({"sku_code": texts, "title": texts, "spec": texts, "qty": texts, "unit_price": texts})),
    max_size=3,
)
places = st.dictionaries(st.sampled_from(["name", "phone", "address", "province", "city", "district"]), texts)


@given(st.one_of(texts, odd_lines), st.one_of(texts, places), texts)
def test_cleaning_what_is_clean_changes_nothing_and_no_odd_order_is_a_fault(lines: Any, to: Any, number: Any) -> None:
    order = {**ORDER, "lines": lines, "receiver": to, "channel_order_id": number}
    rules = AppliedRules(1, ShopRules(order_number="[0-9]+", other_number="note", other_sku="hold"), (SOAP,))
    once = apply_changes(order, judge(order, rules).changes)
    assert judge(once, rules).changes == []


def test_suggestions_are_the_most_alike_first_and_numbers_count_whole() -> None:
    index = Suggestions(
        [
            Known("SOAP-500", "手工皂 薰衣草", "500g"),
            Known("SOAP-50", "手工皂 薰衣草", "50g"),
            Known("HONEY", "椴树蜂蜜", "500g"),
            Known("CODE-1", "", "", "tb-77"),
        ]
    )
    assert [one.sku_code for one in index.candidates("", "薰衣草手工皂", "500克")] == ["SOAP-500", "SOAP-50"]
    assert index.candidates("TB 77", "别的", "")[0].sku_code == "CODE-1"
    assert index.candidates("", "登山杖", "") == []
    assert index.candidates("", "", "") == []


def test_rules_of_no_form_are_refused_whole() -> None:
    for odd in ([], {"shops": 1}, {"shops": [1]}, {"shops": [{"money": ["all"]}]}, {"shops": [{"channel": "J D"}]}):
        with pytest.raises(InputInvalid):
            read_rules(odd)
    assert read_rules({"shops": [{"channel": "jd"}]}).of("jd", "x") == ShopRules("jd")
    assert read_rules({"shops": []}).of("jd", "x") == ShopRules()
