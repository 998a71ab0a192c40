"""Masks of values as people and platforms write them."""

from __future__ import annotations

import pytest

from engine.privacy.classes import Kind
from engine.privacy.masks import mask
from engine.privacy.scrub import scrub


@pytest.mark.parametrize(
    ("value", "screen", "waybill"),
    [
        ("(+86)19900000101", "199****0101", "199******01"),
        ("(0086) 199-0000-0101", "199****0101", "199******01"),
        ("(86)19900000101", "199****0101", "199******01"),
        ("(+86 10)12345678", "010-****5678", "010-******78"),
        ("(+44) 20 7946 0958", "+44********58", "+44********58"),
        ("(+1)202-555-0100", "+1*******00", "+1*******00"),
    ],
)
def test_a_country_code_in_brackets_is_dropped_or_kept_like_any_other(value: str, screen: str, waybill: str) -> None:
    assert (mask(value, Kind.PHONE), mask(value, Kind.PHONE, "waybill")) == (screen, waybill)


@pytest.mark.parametrize("value", ["*******0101", "1*********1", "199******01", "0571-88*****8"])
def test_a_phone_number_that_a_platform_masked_enough_stays(value: str) -> None:
    assert mask(value, Kind.PHONE) == value


def test_a_waybill_leaves_a_number_with_seven_digits_hidden_as_it_is() -> None:
    assert mask("*******0101", Kind.PHONE, "waybill") == "*******0101"


def test_a_landline_with_a_masked_area_is_not_read_as_a_mobile_number_the_second_time() -> None:
    once = mask("(0*8322426.2*(6", Kind.PHONE)
    assert mask(once, Kind.PHONE) == once


@pytest.mark.parametrize(("value", "masked"), [("*三", "*三"), ("张*丰", "张*丰"), ("**丰", "**丰"), ("张三*", "张**")])
def test_a_name_that_a_platform_masked_stays_unless_it_shows_all_but_the_end(value: str, masked: str) -> None:
    assert mask(value, Kind.NAME) == masked


def test_commas_between_the_parts_of_an_address_do_not_hide_the_street_of_a_waybill() -> None:
    assert mask("浙江省,杭州市,西湖区,示例路1号2单元301室", Kind.ADDRESS, "waybill") == "浙江省,杭州市,西湖区,示例路1号****"


@pytest.mark.parametrize(("text", "scrubbed"), [("护照E12345678", "护照E********"), ("passport no. EA1234567", "passport no. EA*******")])
def test_a_passport_number_is_masked_in_free_text(text: str, scrubbed: str) -> None:
    assert scrub(text) == scrubbed


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("南京市鼓楼区中山路 478 号 示例广场 A 座 1201", "南京市鼓楼区中山路 478 号****"),
        ("台湾省台北市大安区示例东路四段1号5楼", "台湾省台北市大安区示例东路四段1号****"),
    ],
)
def test_a_waybill_finds_a_house_number_after_spaces_and_sections(value: str, masked: str) -> None:
    assert mask(value, Kind.ADDRESS, "waybill") == masked


@pytest.mark.parametrize(
    ("value", "shown"), [("杭州市示例路1号", "杭州市"), ("东莞市南城街道示例路1号", "东莞市"), ("张三市示例路1号", "")]
)
def test_a_city_of_prefecture_level_is_certain_without_its_province(value: str, shown: str) -> None:
    assert mask(value, Kind.ADDRESS) == f"{shown}****"
