"""Pseudonyms have the shape of what they stand for; a document with them holds nothing personal, and programs treat it alike."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.privacy.blind import normalised
from engine.privacy.classes import DataClass, FieldClass, Kind
from engine.privacy.identifiers import mask_id_card
from engine.privacy.masks import mask
from engine.privacy.pseudonyms import Pseudonyms
from engine.privacy.regions import region_length
from engine.privacy.stand_in import StandIn

ONE, OTHER = Pseudonyms(b"k" * 32), Pseudonyms(b"o" * 32)
PHONES = ("19900000101", "+86 199 0000 0101", "０１９９００００", "0571-88881234转12", "1-415-555-0101")
OPEN = FieldClass(DataClass.INTERNAL)


def shape(text: str) -> str:
    """Digits, letters by case, Han characters; all others as they are."""
    for pattern, sign in (("[0-9]", "9"), ("[０-９]", "９"), ("[a-z]", "a"), ("[A-Z]", "A"), ("[\u3400-\u9fff]", "汉")):
        text = re.sub(pattern, sign, text)
    return text


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("text", [*PHONES, "张三丰", "Zhang San", "浙江省杭州市西湖区文三路12号3栋201室", "W-2026/AB"])
def test_a_pseudonym_has_the_shape_of_the_value_and_is_another(kind: Kind, text: str) -> None:
    if kind in (Kind.TEXT, Kind.EMAIL, Kind.ID_CARD) or (kind is Kind.PHONE and not re.search("[0-9０-９]", text)):
        return
    assert shape(ONE.of(text, kind)) == shape(text)
    assert ONE.of(text, kind) != text


def test_it_is_the_same_for_the_same_value_under_the_same_key_only() -> None:
    for kind, text in ((Kind.NAME, "张三"), (Kind.PHONE, PHONES[0]), (Kind.OPAQUE, "AB-1")):
        assert ONE.of(text, kind) == Pseudonyms(b"k" * 32).of(text, kind) != OTHER.of(text, kind)


def test_one_number_however_it_is_written_has_one_pseudonym() -> None:
    written = ("19900000101", "+86 199 0000 0101", "１９９００００ ０１０１", "0086-19900000101")
    assert len({normalised(ONE.of(text, Kind.PHONE), Kind.PHONE) for text in written}) == 1


def test_what_decides_the_way_of_a_parcel_stays() -> None:
    made = ONE.of("浙江省杭州市西湖区文三路12号3栋201室", Kind.ADDRESS)
    assert made.startswith("浙江省杭州市西湖区")
    assert re.fullmatch("..路..号.栋...室", made.removeprefix("浙江省杭州市西湖区"))
    assert region_length(made) == 9
    assert ONE.of("19900000101", Kind.PHONE).startswith("199")


def test_an_identity_number_stays_one_that_holds() -> None:
    made = ONE.of("11010119900307803X", Kind.ID_CARD)
    weights, checks = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
    assert made != "11010119900307803X"
    assert checks[sum(int(digit) * weight for digit, weight in zip(made, weights, strict=False)) % 11] == made[17]
    assert mask_id_card(made).count("*") == 16


def test_what_is_masked_already_stays_masked() -> None:
    for text, kind in (("199****0101", Kind.PHONE), ("张**", Kind.NAME), ("振**路***号***室", Kind.ADDRESS)):
        assert ONE.of(text, kind).count("*") == text.count("*")


def test_free_text_keeps_its_words_and_loses_numbers_and_the_people_of_the_order() -> None:
    made = document({"note": "加急，给张三，电话19900000101", "receiver_name": "张三", "receiver_phone": "19900000101"})
    assert made["note"].startswith("加急，给")
    assert not {"张三", "19900000101"} & set(re.split("[，给话]", made["note"]))


def document(value: Any, classes: dict[str, FieldClass] | None = None, known: tuple[str, ...] = ()) -> Any:
    return StandIn(ONE, classes or {}, known).document(value)


def test_declared_fields_stay_and_what_nobody_declared_is_replaced() -> None:
    made = document({"tid": "T-1001", "shop": "甲店", "x": "secret-1"}, {"tid": OPEN}, ("甲店",))
    assert (made["tid"], made["shop"]) == ("T-1001", "甲店")
    assert made["x"] != "secret-1"


def test_a_declared_kind_decides_how_a_value_is_replaced() -> None:
    made = document({"who": "张三"}, {"who": FieldClass(DataClass.RESTRICTED, Kind.NAME)})
    assert made["who"] != "张三"
    assert mask(made["who"], Kind.NAME) == f"{made['who'][0]}*"


def test_words_amounts_and_times_that_tell_of_nobody_stay() -> None:
    value = {
        "status": "paid", "pay_status": "WAIT", "code": "A_B", "fee": "12.50", "qty": 3, "ok": True, "nothing": None,
        "modified": "2026-01-16 08:00:00", "created_at": 1768521600, "city": "杭州市", "district": "西湖区",
    }  # fmt: skip
    assert document(value) == value


def test_a_person_is_the_same_person_everywhere_in_a_document() -> None:
    made = document({"a": {"phone": 19900000101}, "b": '{"phone":"19900000101","name":"张三"}', "c": [{"receiver_name": "张三"}]})
    assert str(made["a"]["phone"]) in made["b"]
    assert made["c"][0]["receiver_name"] in made["b"]


def test_a_key_that_is_a_datum_is_replaced_too() -> None:
    assert "张三" not in str(document({"张三": {"n": 1}}))
    assert "19900000101" not in str(document({"19900000101": {"n": 1}}))


@given(st.text(min_size=1, max_size=40), st.sampled_from(sorted(Kind)))
def test_no_text_whatever_breaks_it(text: str, kind: Kind) -> None:
    made = ONE.of(text, kind)
    assert ONE.of(text, kind) == made
    assert isinstance(document({"note": text, "x": [text]}), dict)
