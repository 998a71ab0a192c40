from __future__ import annotations

import re
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import OrderloomError, SettingsInvalid
from engine.json_text import write_json
from engine.privacy.blind import blind_index
from engine.privacy.cipher import MasterKey, Unreadable, new_data_key, open_sealed, place, seal
from engine.privacy.classes import Kind
from engine.privacy.key_file import load_or_create
from engine.privacy.packing import DICTIONARY
from nodes.connector.samples import sample

MASTER = MasterKey(bytes(range(32)))
AAD = place("event", "body", 1)


@settings(max_examples=50, deadline=None)
@given(text=st.binary(max_size=3000))
def test_what_was_sealed_opens_to_the_same_bytes(text: bytes) -> None:
    key = new_data_key()
    assert open_sealed(key, seal(key, text, AAD), AAD) == text


def test_the_same_text_is_sealed_to_other_bytes_each_time() -> None:
    key = new_data_key()
    assert seal(key, b"order", AAD) != seal(key, b"order", AAD)


def test_what_was_sealed_before_there_was_a_dictionary_still_opens() -> None:
    key, nonce = new_data_key(), bytes(12)
    old = b"\x01" + nonce + key.cipher.encrypt(nonce, zstandard.ZstdCompressor(level=-3).compress(b"an old order"), AAD.encode())
    assert open_sealed(key, old, AAD) == b"an old order"


def test_an_order_is_sealed_to_less_than_half_of_its_bytes() -> None:
    order = write_json(sample("shopify"))
    assert len(seal(new_data_key(), order, AAD)) < len(order) / 2


def test_the_dictionary_knows_nobody() -> None:
    """It is trained on invented orders: their telephone numbers are of a range that is not given out."""
    found = re.findall(rb"(?<!\d)1[3-9]\d{9}(?!\d)", DICTIONARY.file.read_bytes())
    assert {number[:7] for number in found} <= {b"1990000"}


def test_a_phone_number_is_not_found_in_what_was_sealed() -> None:
    assert b"13800000000" not in seal(new_data_key(), b"13800000000", AAD)


@pytest.mark.parametrize("position", [0, 1, 13, -1])
def test_a_changed_byte_makes_it_unreadable(position: int) -> None:
    key = new_data_key()
    sealed = bytearray(seal(key, b"order", AAD))
    sealed[position] ^= 1
    with pytest.raises(Unreadable):
        open_sealed(key, bytes(sealed), AAD)


def test_what_was_moved_to_another_row_is_unreadable() -> None:
    key = new_data_key()
    with pytest.raises(Unreadable) as caught:
        open_sealed(key, seal(key, b"order", AAD), place("event", "body", 2))
    assert caught.value.problems[0].fields == {"table": "event", "column": "body"}


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x02" + bytes(40), b"x" * 28])
def test_bytes_of_another_layout_are_unreadable(sealed: bytes) -> None:
    with pytest.raises(Unreadable):
        open_sealed(new_data_key(), sealed, AAD)


def test_a_data_key_survives_wrapping_with_its_id() -> None:
    key = new_data_key()
    opened = MASTER.unwrap(MASTER.wrap(key, AAD), AAD)
    assert (opened.id, opened.raw) == (key.id, key.raw)


def test_another_master_key_cannot_unwrap() -> None:
    with pytest.raises(Unreadable):
        MasterKey(bytes(32)).unwrap(MASTER.wrap(new_data_key(), AAD), AAD)


def test_a_key_shows_its_id_only() -> None:
    key = new_data_key()
    assert repr(key) == f"DataKey({key.id})"
    assert repr(MASTER) == f"MasterKey({MASTER.id})"


def test_a_new_key_file_is_readable_by_its_owner_only_and_loads_again(tmp_path: Path) -> None:
    path = tmp_path / "data" / "master.key"
    made = load_or_create(path, create=True)
    assert (path.stat().st_mode & 0o777, load_or_create(path, create=False).id) == (0o600, made.id)
    assert [file.name for file in path.parent.iterdir()] == ["master.key"]


def _refused(path: Path) -> tuple[str, object]:
    with pytest.raises(SettingsInvalid) as caught:
        load_or_create(path, create=False)
    return caught.value.problems[0].code, caught.value.problems[0].fields["file"]


def test_a_missing_key_file_is_refused_by_name(tmp_path: Path) -> None:
    assert _refused(tmp_path / "master.key") == ("privacy.master_key_missing", str(tmp_path / "master.key"))


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    load_or_create(path, create=True)
    path.chmod(0o644)
    assert _refused(path)[0] == "privacy.master_key_open"


@pytest.mark.parametrize("content", ["", "orderloom-master-key-1:", "orderloom-master-key-1:AAAA", "hello", "orderloom-master-key-1:*"])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "master.key"
    path.write_text(content)
    path.chmod(0o600)
    assert _refused(path)[0] == "privacy.master_key_unreadable"


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (Kind.PHONE, "+86 138-0000-0000", "13800000000"),
        (Kind.PHONE, "１３８００００００００", "13800000000"),
        (Kind.PHONE, "008613800000000", "8613800000000"),
        (Kind.EMAIL, "A.B@Example.com ", "a.b@example.com"),
        (Kind.ADDRESS, "示例路 １号", "示例路1号"),
    ],
)
def test_two_ways_to_write_the_same_value_have_one_index(kind: Kind, one: str, other: str) -> None:
    assert blind_index(MASTER.index_key, kind, one) == blind_index(MASTER.index_key, kind, other)


def test_an_index_depends_on_key_kind_and_value() -> None:
    found = {
        blind_index(key, kind, value)
        for key in (b"a", b"b")
        for kind in (Kind.PHONE, Kind.NAME)
        for value in ("13800000000", "13800000001")
    }
    assert len(found) == 8
    assert all(len(one) == 16 for one in found)


def test_unreadable_is_one_of_our_errors() -> None:
    assert issubclass(Unreadable, OrderloomError)
