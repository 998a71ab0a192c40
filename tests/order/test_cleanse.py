from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import NodeError
from engine.order.cleanse import clean_money, clean_name, clean_order_number, clean_phone, clean_sku, clean_text, clean_time

TRICKY = st.text(st.one_of(st.characters(), st.sampled_from(" #'&;amplt0.E+-—–／１２Ａ\u200b\u200d\u3000\x00\n()转x,")), max_size=30)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (" #1001 ", "1001"),
        ("4012 6000 0000", "401260000000"),
        ("'4012600000000000011", "4012600000000000011"),
        ("1001.0", "1001"),
        ("ｏｗｎ－０００１", "OWN-0001"),
        (4012600000000000011, "4012600000000000011"),
        ("v1.0.2", "V1.0.2"),
        ("  ", None),
        (None, None),
    ],
)
def test_an_order_number_has_one_form(given_: str | int | None, expected: str | None) -> None:
    assert clean_order_number(given_) == expected


@pytest.mark.parametrize("damaged", ["4.0126E+18", "4.0126e+18", "4E+18", "4.0126E18"])
def test_an_order_number_that_a_spreadsheet_rounded_is_refused(damaged: str) -> None:
    with pytest.raises(NodeError) as caught:
        clean_order_number(damaged)
    assert caught.value.problem.code == "order.number_damaged"


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("手工皂 &ndash; 薰衣草", "手工皂 – 薰衣草"),
        ("  Test \t Buyer\u200b\x00 ", "Test Buyer"),
        ("Zoe\u0308", "Zoë"),
        ("欧阳\u3000娜娜", "欧阳 娜娜"),
        ("\ud800坏", "坏"),
        ("\u200b", None),
    ],
)
def test_a_name_is_one_clean_line(given_: str, expected: str | None) -> None:
    assert clean_name(given_) == expected


def test_chinese_characters_stay_as_they_are() -> None:
    assert clean_name("龍行齉齾㐂") == "龍行齉齾㐂"


def test_a_note_loses_control_characters_and_keeps_emoji_and_lines() -> None:
    assert clean_text("别按门铃\u200b🙏\x00\r\n周末送  货") == "别按门铃🙏\n周末送 货"
    assert clean_text("👨\u200d👩\u200d👧") == "👨\u200d👩\u200d👧"


@pytest.mark.parametrize(
    ("given_", "expected"), [(" jj-snj ", "JJ-SNJ"), ("ＪＪ－ＳＮＪ", "JJ-SNJ"), ("JJ — 3", "JJ-3"), ("cm²-①", "CM²-①"), (" ", None)]
)
def test_a_sku_has_one_form(given_: str, expected: str | None) -> None:
    assert clean_sku(given_) == expected


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("199 0000-0101", "19900000101"),
        ("１９９００００　０１０１", "19900000101"),
        ("+86 199-0000-0101", "+8619900000101"),
        ("0086 19900000101", "+8619900000101"),
        ("+1-202-555-0100", "+12025550100"),
        ("(010) 1234 5678", "010-12345678"),
        ("0571-87654321转801", "0571-87654321-801"),
        ("18400000101-1234", "18400000101-1234"),
        ("18400000101转1234", "18400000101-1234"),
        ("184 0000 0101_1234", "18400000101-1234"),
        ("+86 184-0000-0101-1234", "+8618400000101-1234"),
        ("8619900000101", "+8619900000101"),
        ("(202) 555-0100", "2025550100"),
        ("199****0101", "199****0101"),
        ("*******0101", "*******0101"),
        ("$AgAAAAFixture$1$", "$AgAAAAFixture$1$"),
        ("", None),
    ],
)
def test_a_phone_number_has_one_form(given_: str, expected: str | None) -> None:
    assert clean_phone(given_) == expected


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("1,234.50", "1234.50"),
        ("￥1234.5", "1234.50"),
        ("１２３４．５０元", "1234.50"),
        ("1.234,50 €", "1234.50"),
        ("12,5", "12.50"),
        ("1,234", "1234.00"),
        ("(12.00)", "-12.00"),
        ("CNY12", "12.00"),
        ("US$ 3.10", "3.10"),
        (12, "12.00"),
        (" ", None),
    ],
)
def test_an_amount_as_people_write_it_becomes_plain(given_: object, expected: str | None) -> None:
    assert clean_money(given_, "CNY") == expected


@pytest.mark.parametrize("given_", ["abc", "1.2.3", "12 apples", 29.9, "1.2345"])
def test_an_amount_that_cannot_be_read_is_refused(given_: object) -> None:
    with pytest.raises(NodeError) as caught:
        clean_money(given_, "CNY")
    assert caught.value.problem.code == "money.invalid"


def test_a_chinese_date_is_read() -> None:
    assert clean_time("2026年1月15日 9时5分", "+08:00") == "2026-01-15T01:05:00Z"


@pytest.mark.parametrize(
    "clean", [clean_order_number, clean_name, clean_text, clean_sku, clean_phone, lambda value: clean_money(value, "CNY"), clean_time]
)
@settings(max_examples=100, deadline=None)
@given(value=TRICKY)
def test_cleaning_what_is_clean_changes_nothing(clean: Callable[[Any], Any], value: str) -> None:
    try:
        once = clean(value)
    except NodeError:
        return
    assert clean(once) == once


@settings(max_examples=100, deadline=None)
@given(st.from_regex(r"[¥$(]?[0-9]{1,3}(,[0-9]{3}){0,3}(\.[0-9]{1,2})?元?\)?", fullmatch=True))
def test_cleaning_an_amount_twice_is_cleaning_it_once(value: str) -> None:
    once = clean_money(value, "CNY")
    assert clean_money(once, "CNY") == once
