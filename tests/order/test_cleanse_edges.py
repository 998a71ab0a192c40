"""What cleansing must leave alone, and what it must still read."""

from __future__ import annotations

import pytest

from engine.order import clean_money, clean_name, clean_phone, clean_text, clean_time


@pytest.mark.parametrize("text", ["?a=1&copy=2", "&notanentity;", "Tom &amp Jerry", "R&D"])
def test_what_only_begins_like_an_entity_is_left_alone(text: str) -> None:
    assert (clean_name(text), clean_text(text)) == (text, text)


@pytest.mark.parametrize(("text", "clean"), [("O&#39;Brien", "O'Brien"), ("&#x5f20;三", "张三"), ("A &amp;amp; B", "A & B")])
def test_whole_entities_are_resolved(text: str, clean: str) -> None:
    assert clean_name(text) == clean


def test_a_country_code_in_brackets_is_read() -> None:
    assert clean_phone("(+86)19900000101") == "+8619900000101"


def test_a_date_with_points_is_read() -> None:
    assert clean_time("2026.1.15 23:58", "+08:00") == "2026-01-15T15:58:00Z"


def test_an_amount_with_the_currency_in_words_is_read() -> None:
    assert clean_money("人民币88元", "CNY") == "88.00"
