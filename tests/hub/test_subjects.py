"""Whom an order is for, as it is indexed: a whole number finds it however it is written, and a masked one finds nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputInvalid
from engine.hub.subjects import subjects_of, wanted_subject

KEY = b"a key of the tests"
PHONE = "13812345678"


def found(written: object, wanted: str, kind: str = "phone") -> bool:
    return wanted_subject(kind, wanted, KEY) in subjects_of({"receiver": {kind: written}}, KEY)


@pytest.mark.parametrize("wanted", [PHONE, "138 1234 5678", "+86 138-1234-5678", "0086 13812345678", "１３８１２３４５６７８"])
def test_a_number_is_found_however_it_is_written(wanted: str) -> None:
    assert found(PHONE, wanted)
    assert found(wanted, PHONE)


@pytest.mark.parametrize("wanted", ["13812345679", "3812345678", "010-13812345"])
def test_another_number_finds_nothing(wanted: str) -> None:
    assert not found(PHONE, wanted)


@pytest.mark.parametrize("wanted", ["138****5678", "5678", "", "no number", "~AgAAAAGQ13812345678", "1" * 30])
def test_what_is_no_whole_number_cannot_be_looked_for(wanted: str) -> None:
    with pytest.raises(InputInvalid, match=r"order\.unsearchable"):
        wanted_subject("phone", wanted, KEY)
    assert subjects_of({"receiver": {"phone": wanted}}, KEY) == ()


def test_an_address_is_found_without_regard_to_spaces_and_width() -> None:
    assert found("示例大道 5号 3栋", "示例大道５号3栋", "address")
    assert not found("示例大道5号", "示例大道6号", "address")
    with pytest.raises(InputInvalid):
        wanted_subject("address", "示例大道5***", KEY)


def test_a_number_never_meets_an_address_of_the_same_letters() -> None:
    assert wanted_subject("phone", PHONE, KEY) != wanted_subject("address", PHONE, KEY)


def test_without_the_key_nothing_is_found() -> None:
    assert wanted_subject("phone", PHONE, KEY) != wanted_subject("phone", PHONE, b"another key")


@given(
    st.one_of(
        st.none(), st.integers(), st.text(), st.lists(st.text()), st.dictionaries(st.sampled_from(["phone", "address"]), st.integers())
    )
)
def test_whatever_stands_for_a_receiver_breaks_nothing(receiver: object) -> None:
    assert subjects_of({"receiver": receiver}, KEY) == ()


@given(st.text(alphabet="0123456789", min_size=5, max_size=15))
def test_the_index_holds_no_digits_of_the_number(number: str) -> None:
    (digest,) = subjects_of({"receiver": {"phone": number}}, KEY)
    assert len(digest) == 8
    assert number.encode() not in digest
