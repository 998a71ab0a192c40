"""JSON as Orderloom reads and writes it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalogue import explain
from engine.errors import InputInvalid
from engine.json_text import MAX_DEPTH, canonical_json, digest, for_browsers, read_json, write_json

_BASIC_PLANE = st.text(st.characters(max_codepoint=0xD7FF), max_size=12)
_LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_BASIC_PLANE, inner, max_size=4), max_leaves=20
)


@given(_VALUES)
@settings(max_examples=100, deadline=None)
def test_the_canonical_form_is_that_of_rfc_8785(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)


@given(_VALUES)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert read_json(write_json(value)) == value


@pytest.mark.parametrize("text", [b'\xef\xbb\xbf{"a": "\xef\xbb\xbf"}', '\ufeff{"a": "\ufeff"}'])
def test_a_byte_order_mark_in_front_is_passed_over(text: bytes | str) -> None:
    assert read_json(text) == {"a": "\ufeff"}


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf\xef\xbb\xbf{}", " \ufeff{}", b"\xef\xbb\xbf", b"\xef\xbb{}"])
def test_a_byte_order_mark_elsewhere_is_none(text: bytes | str) -> None:
    with pytest.raises(InputInvalid):
        read_json(text)


def test_fractional_numbers_are_exact() -> None:
    value = read_json(b'{"price": 29.90, "share": 0.1}')
    assert value == {"price": Decimal("29.90"), "share": Decimal("0.1")}
    assert write_json(value) == b'{"price":29.90,"share":0.1}'


def test_long_integers_keep_every_digit() -> None:
    assert read_json(b"4012600000000000011") == 4012600000000000011
    assert for_browsers({"tid": 4012600000000000011, "n": 5}) == {"tid": "4012600000000000011", "n": 5}


def test_the_order_of_keys_does_not_change_the_digest() -> None:
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"NaN", b'{"a": Infinity}', b'"\\ud800"'])
def test_unreadable_bytes_are_named(raw: bytes) -> None:
    with pytest.raises(InputInvalid) as caught:
        read_json(raw)
    assert caught.value.problems[0].code == "body.unreadable"


@pytest.mark.parametrize(
    ("raw", "english", "chinese"),
    [
        (b'{"a":1,}', "trailing comma in object (byte 7)", "第 7 字节处不符合 JSON 语法"),
        (b"{", "it ends too early", "内容不完整，提前结束"),
        (b'"\xff"', "a text in it is no UTF-8", "其中有文本不是 UTF-8 编码"),
        (b"9" * 5_000, "Integer value out of range", "JSON 格式有误"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place_in_the_language_of_the_reader(raw: bytes, english: str, chinese: str) -> None:
    with pytest.raises(InputInvalid) as caught:
        read_json(raw)
    [problem] = caught.value.problems
    assert explain(problem)["what"] == f"This is not readable JSON: {english}."
    assert explain(problem, "zh")["what"] == f"内容不是可读的 JSON：{chinese}。"


@pytest.mark.parametrize(("levels", "code"), [(MAX_DEPTH, None), (MAX_DEPTH + 1, "body.too_deep"), (100_000, "body.too_deep")])
def test_depth_is_limited(levels: int, code: str | None) -> None:
    raw = b"[" * levels + b"]" * levels
    if code is None:
        assert read_json(raw) is not None
        return
    with pytest.raises(InputInvalid) as caught:
        read_json(raw)
    assert caught.value.problems[0].code == code
