from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.privacy.scrub import scrub, scrubbed

WORDS = st.sampled_from(
    ["请联系", "call ", "急!", " ", "，", "/", "订单", " A1 ", "*", "(", "tel:", "\n", " 2026-01-15 ", " 5 ", "号1-", ";0;"]
)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("电话: 138-0000-0000 或 +86 139 0000 0000", "电话: 138****0000 或 139****0000"),
        ("座机 010-12345678转12", "座机 010-****5678转**"),
        ("13800000000 13900000000", "138****0000 139****0000"),
        ("１３８００００００００", "138****0000"),
        ("幺三八零零零零零零零零", "138****0000"),
        ("138\u200b0000\u200b0000", "138****0000"),
        ("*13800000000*", "*138****0000*"),
        ("身份证11010519491231002X", "身份证1****************X"),
        ("110105 19491231 0021", "1****************1"),
        ("老证110105491231002", "老证1*************2"),
        ("a.b@example.com 收", "a**@example.com 收"),
        ("卡号6222 0212 3456 7890 123", "卡号**** **** **** **** ***"),
        ("card 4111 1111 1111 1111", "card **** **** **** ****"),
        ("call (202) 555-0100", "call (***) ***-****"),
        ("+1-202-555-0100", "+1*******00"),
        ("电话87654321", "电话********"),
        ("qq:12345678", "qq:********"),
    ],
)
def test_a_number_that_identifies_somebody_is_masked_in_free_text(text: str, scrubbed: str) -> None:
    assert scrub(text) == scrubbed


@pytest.mark.parametrize(
    "text", ["订单4012600000000000011 急", "2026-01-15 13:00 发货", "满300减20,买2件送1件", "单号260115-123456789012345", "SKU A-100-20"]
)
def test_order_numbers_dates_and_amounts_are_left_alone(text: str) -> None:
    assert scrub(text) == text


def test_a_waybill_hides_six_digits_in_free_text_too() -> None:
    assert scrub("请打电话19900000101", "waybill") == "请打电话199******01"


@settings(max_examples=100, deadline=None)
@given(pieces=st.lists(st.tuples(WORDS, MOBILES), min_size=1, max_size=4))
def test_no_mobile_number_survives_between_words(pieces: list[tuple[str, str]]) -> None:
    text = "".join(word + mobile for word, mobile in pieces)
    assert not [mobile for _, mobile in pieces if mobile in re.sub(r"[^0-9*]", "", scrub(text))]


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.sampled_from("0123456789 -*+@.ab转Xx年"), max_size=60))
def test_scrubbing_twice_is_scrubbing_once(text: str) -> None:
    assert scrub(scrub(text)) == scrub(text)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (13800000000, "138****0000"),
        (13800000000.0, "138****0000"),
        (Decimal("13800000000"), "138****0000"),
        ({"13800000000": [13900000000, "to 13900000000"]}, {"138****0000": ["139****0000", "to 139****0000"]}),
        ({"13811110000": 1, "13822220000": 2}, {"138****0000": 1, "138****0000*": 2}),
        (6222021234567890123, "*" * 19),
    ],
)
def test_a_number_or_a_key_that_identifies_somebody_is_masked_too(value: Any, shown: Any) -> None:
    assert scrubbed(value) == shown


@pytest.mark.parametrize("value", [0, -5, 15.123456789, Decimal("1381234.5678"), 10**30, Decimal("1E+999"), True, None, {"total": 600}, []])
def test_other_numbers_are_left_alone(value: Any) -> None:
    assert scrubbed(value) == value
    assert type(scrubbed(value)) is type(value)
