"""Messages at the edge of a platform's limit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes.notify.message import fitted


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=60), ending=st.text(max_size=30), limit=st.integers(3, 60))
def test_no_message_is_longer_than_its_limit(text: str, ending: str, limit: int) -> None:
    assert len(fitted(text, limit, ending).encode()) <= limit


@pytest.mark.parametrize(
    ("text", "limit", "cut"), [("订单加急", 12, "订单加急"), ("订单加急了", 12, "订单加…"), ("a订单加急", 12, "a订单…")]
)
def test_a_message_is_cut_between_characters(text: str, limit: int, cut: str) -> None:
    assert fitted(text, limit) == cut
