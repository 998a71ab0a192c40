from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.privacy.classes import Kind
from engine.privacy.masks import PROFILES, Profile, mask

VECTORS = json.loads((Path(__file__).parents[1] / "fixtures" / "masking_vectors.json").read_text("utf-8"))["cases"]
KINDS = {"free_text": Kind.TEXT}

CHARS = st.sampled_from("0123456789*+-() 转ext,１２張张三路号省市区县浙江杭北京中A b@.c\u200bＸx幺八")
PERSONAL = st.one_of(
    st.text(CHARS, max_size=40), st.text(max_size=40), st.from_regex(r"(\+86 ?)?1[3-9][0-9]{9}(-[0-9]{4})?", fullmatch=True)
)


@pytest.mark.parametrize("case", VECTORS, ids=[case["in"] for case in VECTORS])
@pytest.mark.parametrize("profile", PROFILES)
def test_a_published_vector_holds(case: dict[str, str], profile: Profile) -> None:
    if profile in case:
        kind = KINDS.get(case["field"]) or Kind(case["field"])
        assert mask(case["in"], kind, profile) == case[profile]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("profile", PROFILES)
@settings(max_examples=60, deadline=None)
@given(value=PERSONAL)
def test_masking_a_masked_value_changes_nothing(value: str, kind: Kind, profile: Profile) -> None:
    once = mask(value, kind, profile)
    assert mask(once, kind, profile) == once


@pytest.mark.parametrize("kind", Kind)
def test_nothing_stays_nothing_and_empty_stays_empty(kind: Kind) -> None:
    assert (mask(None, kind), mask("", kind)) == (None, "")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    "value", [13800000000, 1.5, Decimal("13800000000"), True, ["13800000000"], {"phone": "13800000000"}, b"13800000000"]
)
def test_what_is_no_text_is_hidden_whole(value: object, kind: Kind) -> None:
    assert mask(value, kind) == "****"


def test_an_unknown_profile_hides_everything() -> None:
    assert mask("13800000000", Kind.PHONE, "print") == "*" * 11  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("value", "screen", "waybill"),
    [
        ("+86 199-0000-0101", "199****0101", "199******01"),
        ("008619900000101", "199****0101", "199******01"),
        ("8619900000101", "199****0101", "199******01"),
        ("１９９００００ ０１０１", "199****0101", "199******01"),
        ("199\u200b0000\u200b0101", "199****0101", "199******01"),
        ("13800000000-1234", "138****0000-****", "138******00-****"),
        ("13800000000转1234", "138****0000转****", "138******00转****"),
        ("13800000000,12", "138****0000,**", "138******00,**"),
        ("13800000000 ext 123", "138****0000 ext ***", "138******00 ext ***"),
        ("0571-1234567", "0571-***4567", "0571-******7"),
        ("(0571) 8765 4321", "0571-****4321", "0571-******21"),
        ("01012345678", "010****5678", "010******78"),
        ("+86 10 1234 5678", "010-****5678", "010-******78"),
        ("010-12345678-801", "010-****5678-***", "010-******78-***"),
        ("+44 20 7946 0958", "+44********58", "+44********58"),
        ("0044 20 7946 0958", "+44********58", "+44********58"),
        ("+852 5123 4567", "+852******67", "+852******67"),
        ("+81-90-1234-5678", "+81********78", "+81********78"),
        ("+354 123 4567", "+354*****67", "+354******7"),
    ],
)
def test_a_phone_number_keeps_what_its_rule_says(value: str, screen: str, waybill: str) -> None:
    assert (mask(value, Kind.PHONE), mask(value, Kind.PHONE, "waybill")) == (screen, waybill)


@pytest.mark.parametrize(
    "value", ["4001234567", "12345678901", "tel:13800000000", "13800000000/13900000000", "+86 400 123 4567", "+1", "(+999)"]
)
def test_a_phone_number_that_is_not_understood_is_hidden_whole(value: str) -> None:
    assert set(mask(value, Kind.PHONE) or "") == {"*"}


def test_a_number_with_a_single_star_in_it_is_still_masked() -> None:
    assert mask("138*0000000", Kind.PHONE) == "138****0000"


def test_a_waybill_hides_more_of_a_number_that_was_masked_for_the_screen() -> None:
    assert mask("199****0202", Kind.PHONE, "waybill") == "199******02"


@settings(max_examples=100, deadline=None)
@given(value=st.from_regex(r"(\+[1-9][0-9]{0,2}|00[1-9]|0[1-9][0-9]{1,2}-?)?[0-9]( ?[0-9]){5,12}(-[0-9]{1,4})?", fullmatch=True))
def test_a_waybill_hides_at_least_six_digits_of_any_number(value: str) -> None:
    masked = mask(value, Kind.PHONE, "waybill") or ""
    assert masked.count("*") >= 6


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("张三丰", "张**"),
        ("欧阳修", "欧**"),
        ("阿依古丽·买买提", "阿*******"),
        ("张", "*"),
        ("李 明", "李 *"),
        ("张三 Mike", "张* ****"),
        ("Mary-Jane O'Neil", "M******** O*****"),
        ("J Smith", "J S****"),
        ("A B", "* *"),
        ("Éva Müller", "É** M*****"),
        ("ＴＥＳＴ", "T***"),
        ("\u200b张三", "张*"),
        ("张*", "张*"),
    ],
)
def test_a_name_keeps_its_first_character_and_the_first_letter_of_later_latin_words(value: str, masked: str) -> None:
    assert (mask(value, Kind.NAME), mask(value, Kind.NAME, "waybill")) == (masked, masked)


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("zhang@example.com", "z****@example.com"),
        ("a@example.com", "*@example.com"),
        ("a@b@c.com", "*********"),
        ("no address", "**********"),
    ],
)
def test_an_email_keeps_its_first_letter_and_domain(value: str, masked: str) -> None:
    assert mask(value, Kind.EMAIL) == masked


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("11010519491231002X", "1****************X"),
        ("110105 19491231 002x", "1****************x"),
        ("110105491231002", "1*************2"),
        ("E12345678", "*********"),
    ],
)
def test_an_identity_card_keeps_its_first_and_last_character(value: str, masked: str) -> None:
    assert mask(value, Kind.ID_CARD) == masked


@settings(max_examples=80, deadline=None)
@given(value=st.text(min_size=1, max_size=200).filter(str.strip))
def test_an_opaque_value_shows_only_stars(value: str) -> None:
    assert set(mask(value, Kind.OPAQUE) or "") == {"*"}
